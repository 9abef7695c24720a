;; 10001 rows, with a limit of 10000 for a page.
;; expect: class=over-limit, blame=guest, memory=48, seconds=5
;; says: page-rows = 10000
(memory (export "memory") 100)
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=12 (global.get $page) (i32.const 0x100000))
  (i32.store offset=16 (global.get $page) (i32.const 10001)) (global.get $page))
