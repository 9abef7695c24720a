;; A drop of a waitable set that does not exist.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(import "$root" "[waitable-set-drop]" (func $drop (param i32)))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call $drop (i32.const 0x7fffffff)) (global.get $page))
