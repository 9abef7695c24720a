;; An empty list at an address outside of memory. There is nothing to read, but the address is
;; invalid.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=12 (global.get $page) (i32.const -8))
  (i32.store offset=16 (global.get $page) (i32.const 0)) (global.get $page))
