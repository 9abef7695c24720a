;; Growth of a table until it fails.
;; expect: class=over-limit, blame=guest, memory=32, seconds=5
;; says: table-elements = 20000
(table $t 1 funcref)
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (loop $again (br_if $again (i32.ne (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1))))
  unreachable)
