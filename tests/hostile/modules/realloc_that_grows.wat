;; An allocation that grows memory each time.
;; expect: class=ok, memory=32, seconds=5
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
