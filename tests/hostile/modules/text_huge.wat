;; A name of 40 MB.
;; expect: class=ok, memory=200, seconds=5
;; says: display-name has 40000000 bytes
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (drop (memory.grow (i32.const 990)))
  (memory.fill (i32.const 0x200000) (i32.const 120) (i32.const 40000000))
  (i32.store offset=28 (global.get $account) (i32.const 1))
  (i32.store offset=32 (global.get $account) (i32.const 0x200000))
  (i32.store offset=36 (global.get $account) (i32.const 40000000)) (global.get $page))
