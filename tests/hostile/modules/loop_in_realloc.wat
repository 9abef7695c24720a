;; An endless allocation of memory for the arguments.
;; expect: class=stuck, blame=guest, memory=32, seconds=5
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (loop (br 0)) unreachable)
