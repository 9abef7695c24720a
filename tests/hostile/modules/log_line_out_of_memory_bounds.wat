;; A log line that ends outside of memory.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call $log (i32.const 3) (i32.const 65536) (i32.const -1)) (global.get $page))
