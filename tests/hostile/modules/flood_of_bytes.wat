;; Log lines of 32 MiB each, without end.
;; expect: class=stuck, blame=guest, memory=160, seconds=12
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (drop (memory.grow (i32.const 990)))
  (memory.fill (i32.const 65536) (i32.const 120) (i32.const 0x2000000))
  (loop $again (call $log (i32.const 3) (i32.const 65536) (i32.const 0x2000000)) (br $again))
  unreachable)
