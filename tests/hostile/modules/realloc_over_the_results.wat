;; Allocations over the description and the page, which the arguments then overwrite.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (global.get $page))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32) (global.get $page))
