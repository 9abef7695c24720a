;; Ten thousand rows that share one name of 60 MB: copies would need 600 GB.
;; expect: class=over-limit, blame=guest, memory=200, seconds=8
;; says: memory-bytes
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (local $row i32)
  (drop (memory.grow (i32.const 990)))
  (memory.fill (i32.const 0x200000) (i32.const 120) (i32.const 60000000))
  (local.set $row (i32.const 65536))
  (loop $again
    (i32.store offset=4 (local.get $row) (i32.const 0))
    (i32.store offset=28 (local.get $row) (i32.const 1))
    (i32.store offset=32 (local.get $row) (i32.const 0x200000))
    (i32.store offset=36 (local.get $row) (i32.const 60000000))
    (local.set $row (i32.add (local.get $row) (i32.const 136)))
    (br_if $again (i32.lt_u (local.get $row) (i32.const 1425536))))
  (i32.store offset=12 (global.get $page) (i32.const 65536))
  (i32.store offset=16 (global.get $page) (i32.const 10000)) (global.get $page))
