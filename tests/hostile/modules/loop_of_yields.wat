;; An asynchronous read that yields without end, so that no computation takes long.
;; expect: class=stuck, blame=guest, memory=32, seconds=6
(func (export "[async-lift]purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32) (i32.const 1))
(func (export "[callback][async-lift]purser:connector/actions@0.1.0#read") (param i32 i32 i32) (result i32)
  (i32.const 1))
