;; A request with forty thousand empty header fields. The guest reports that it failed.
;; expect: class=request-invalid, blame=guest, memory=48, seconds=5
(memory (export "memory") 100)
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (drop (call $get))
  (call $send (i32.const 0) (i32.const 16) (i32.const 6) (i32.const 0x100000) (i32.const 40000)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
  (if (i32.eqz (i32.load8_u (i32.const 1024))) (then unreachable))
  (global.get $failure))
