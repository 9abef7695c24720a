;; An asynchronous read that ends without a result.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "[async-lift]purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32) (i32.const 0))
(func (export "[callback][async-lift]purser:connector/actions@0.1.0#read") (param i32 i32 i32) (result i32) unreachable)
