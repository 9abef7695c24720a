;; The host asks it for room for the arguments, and gets no answer.
;; expect: class=stuck, blame=guest, memory=32, seconds=5
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (loop (br 0)) unreachable)
