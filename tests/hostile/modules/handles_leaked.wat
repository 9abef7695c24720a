;; Waitable sets that are never dropped.
;; expect: class=trapped, blame=guest, memory=48, seconds=5
;; says: handle
(import "$root" "[waitable-set-new]" (func $set (result i32)))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (loop $again (drop (call $set)) (br $again)) unreachable)
