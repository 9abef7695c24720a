;; Growth of memory up to the limit, with writes to all of it.
;; expect: class=over-limit, blame=guest, memory=110, seconds=6
;; says: memory-bytes = 67108864
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (local $page i32)
  (loop $again
    (local.set $page (memory.grow (i32.const 16)))
    (if (i32.eq (local.get $page) (i32.const -1)) (then unreachable))
    (memory.fill (i32.mul (local.get $page) (i32.const 65536)) (i32.const 0xa5) (i32.const 0x100000))
    (br $again))
  unreachable)
