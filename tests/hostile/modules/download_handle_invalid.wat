;; A read from a download that was never opened.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
;; says: handle
(import "purser:connector/http@0.1.0" "[method]body.read" (func $read (param i32 i32)))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call $read (i32.const 7) (i32.const 2048))
  (global.get $page))
