;; expect: class=trapped, blame=guest, memory=32, seconds=5
(table 10 funcref)
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call_indirect (result i32) (i32.const 3)))
