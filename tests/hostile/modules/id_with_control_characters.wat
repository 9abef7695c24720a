;; An id with an escape sequence, which the error must not repeat.
;; expect: class=ok, memory=32, seconds=5
;; says: U+001B
(data (i32.const 65536) "\1b[2J")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store (global.get $account) (i32.const 65536))
  (i32.store offset=4 (global.get $account) (i32.const 4)) (global.get $page))
