;; expect: class=trapped, blame=guest, memory=32, seconds=5
;; says: divide by zero
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.div_u (i32.const 1) (local.get 4)))
