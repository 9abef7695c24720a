;; All of memory as rows of zeros: 450,000 records for the host.
;; expect: class=over-limit, blame=guest, memory=160, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (drop (memory.grow (i32.const 990)))
  (i32.store offset=12 (global.get $page) (i32.const 0x100000))
  (i32.store offset=16 (global.get $page) (i32.const 450000)) (global.get $page))
