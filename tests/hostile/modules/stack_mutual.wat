;; Two functions that call each other, through a table.
;; expect: class=trapped, blame=guest, memory=48, seconds=5
;; says: call stack exhausted
(type $f (func (param i32) (result i32)))
(table funcref (elem $a $b))
(func $a (type $f) (i32.add (i32.const 1) (call_indirect (type $f) (local.get 0) (i32.const 1))))
(func $b (type $f) (i32.add (i32.const 1) (call_indirect (type $f) (local.get 0) (i32.const 0))))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32) (call $a (i32.const 0)))
