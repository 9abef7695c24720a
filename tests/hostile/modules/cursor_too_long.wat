;; expect: class=bad-answer, blame=guest, memory=32, seconds=5
;; says: a cursor of 16385 bytes
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=28 (global.get $page) (i32.const 1))
  (i32.store offset=32 (global.get $page) (i32.const 65536))
  (i32.store offset=36 (global.get $page) (i32.const 16385)) (global.get $page))
