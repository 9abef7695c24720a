;; A crash after a log line that looks like a secret. It cannot be one, since guests never see any.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
;; says: authorization: Bearer
(data (i32.const 65536) "authorization: Bearer 0123456789abcdef")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call $log (i32.const 3) (i32.const 65536) (i32.const 38)) unreachable)
