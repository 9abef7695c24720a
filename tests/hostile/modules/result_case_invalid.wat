;; A result that is neither a page nor a failure.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store8 (global.get $page) (i32.const 255)) (global.get $page))
