;; An id that is not UTF-8: an encoded surrogate.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
;; says: utf-8
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store (i32.const 65536) (i32.const 0x80a0ed))
  (i32.store (global.get $account) (i32.const 65536))
  (i32.store offset=4 (global.get $account) (i32.const 3)) (global.get $page))
