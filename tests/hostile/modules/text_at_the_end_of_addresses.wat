;; An id of two bytes at the last address, so that its end wraps around.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store (global.get $account) (i32.const -1)) (global.get $page))
