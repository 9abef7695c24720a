;; An asynchronous read that always wants to be called again at once, and so never computes for long in one go.
;; expect: class=stuck, blame=guest, memory=32, seconds=6
(func (export "[async-lift]purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32) (i32.const 1))
(func (export "[callback][async-lift]purser:connector/actions@0.1.0#read") (param i32 i32 i32) (result i32)
  (i32.const 1))
