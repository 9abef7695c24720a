;; An asynchronous read that waits for an empty waitable set.
;; expect: class=wall-clock, blame=guest, memory=32, seconds=6
;; limits: wall-ms=600
(import "$root" "[waitable-set-new]" (func $set (result i32)))
(func (export "[async-lift]purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.or (i32.const 2) (i32.shl (call $set) (i32.const 4))))
(func (export "[callback][async-lift]purser:connector/actions@0.1.0#read") (param i32 i32 i32) (result i32) unreachable)
