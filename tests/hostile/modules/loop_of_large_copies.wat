;; An endless loop of instructions that copy 32 MiB each. The epoch is checked between two of them
;; only.
;; expect: class=stuck, blame=guest, memory=96, seconds=10
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (drop (memory.grow (i32.const 990)))
  (loop (memory.copy (i32.const 0x1e00000) (i32.const 0x10000) (i32.const 0x1d00000)) (br 0)) unreachable)
