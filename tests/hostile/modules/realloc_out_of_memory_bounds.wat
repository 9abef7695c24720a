;; An allocation outside of memory.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const -16))
