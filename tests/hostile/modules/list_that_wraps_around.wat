;; A list whose size in bytes overflows 32 bits: 0x20000000 rows of 136 bytes are 0.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=16 (global.get $page) (i32.const 0x20000001)) (global.get $page))
