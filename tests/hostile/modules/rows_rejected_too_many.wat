;; Two hundred thousand rejected rows.
;; expect: class=over-limit, blame=guest, memory=96, seconds=5
;; says: page-rows = 10000
(memory (export "memory") 110)
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=20 (global.get $page) (i32.const 0x100000))
  (i32.store offset=24 (global.get $page) (i32.const 200000)) (global.get $page))
