;; expect: class=bad-answer, blame=guest, memory=32, seconds=5
;; says: a cursor of 16385 bytes
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store8 offset=8 (global.get $failure) (i32.const 8))
  (i32.store offset=16 (global.get $failure) (i32.const 65536))
  (i32.store offset=20 (global.get $failure) (i32.const 16385)) (global.get $failure))
