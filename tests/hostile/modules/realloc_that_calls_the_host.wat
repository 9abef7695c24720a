;; An allocation that calls the host, which is not allowed then.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (drop (call $get)) (i32.const 65536))
