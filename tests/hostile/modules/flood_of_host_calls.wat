;; Host calls without end.
;; expect: class=over-limit, blame=guest, memory=32, seconds=5
;; says: host-calls = 10000
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 131072))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (loop $again (drop (call $get)) (br $again))
  unreachable)
