;; A rate limit until an instant outside of the calendar.
;; expect: class=bad-answer, blame=guest, memory=32, seconds=5
;; says: rate-limited is 9223372036854775807 ms
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store8 offset=8 (global.get $failure) (i32.const 1))
  (i32.store offset=16 (global.get $failure) (i32.const 1))
  (i64.store offset=24 (global.get $failure) (i64.const 0x7fffffffffffffff)) (global.get $failure))
