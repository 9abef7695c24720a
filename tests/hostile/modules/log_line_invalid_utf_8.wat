;; A log line that is not UTF-8.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(data (i32.const 65536) "\ff\fe\c0\80\ed\a0\80")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call $log (i32.const 3) (i32.const 65536) (i32.const 7)) (global.get $page))
