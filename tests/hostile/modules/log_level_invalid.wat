;; A log line of an unknown level.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call $log (i32.const 4) (i32.const 65536) (i32.const 7)) (global.get $page))
