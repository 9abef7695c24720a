;; A name with a NUL.
;; expect: class=ok, memory=32, seconds=5
;; says: display-name holds a NUL
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=28 (global.get $account) (i32.const 1))
  (i32.store offset=32 (global.get $account) (i32.const 65536))
  (i32.store offset=36 (global.get $account) (i32.const 3)) (global.get $page))
