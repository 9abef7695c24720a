;; A function that calls itself.
;; expect: class=trapped, blame=guest, memory=48, seconds=5
;; says: call stack exhausted
(func $deep (call $deep) (call $deep))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32) (call $deep) (global.get $page))
