;; Log lines without end.
;; expect: class=over-limit, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (loop $again (call $log (i32.const 3) (i32.const 4096) (i32.const 60)) (br $again))
  unreachable)
