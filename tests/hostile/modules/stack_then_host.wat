;; Host calls at each depth of a stack that is nearly full.
;; expect: class=over-limit, blame=guest, memory=48, seconds=5
;; says: host-calls
(func $deep (call $log (i32.const 0) (i32.const 0) (i32.const 1)) (call $deep) (call $deep))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32) (call $deep) (global.get $page))
