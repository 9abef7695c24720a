;; expect: class=ok, memory=32, seconds=5
;; says: created-at is -9223372036854775808 ms
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=80 (global.get $account) (i32.const 1))
  (i64.store offset=88 (global.get $account) (i64.const 0x8000000000000000)) (global.get $page))
