;; expect: class=ok, memory=32, seconds=5
;; says: id is empty
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=4 (global.get $account) (i32.const 0)) (global.get $page))
