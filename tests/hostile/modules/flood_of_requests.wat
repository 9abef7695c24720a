;; Ten thousand requests, with a limit of a thousand. The guest ignores the errors and returns a
;; page.
;; expect: class=ok, memory=32, seconds=8
;; limits: cpu-ms=4000, host-calls=20000
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 131072))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (local $n i32)
  (loop $again
    (drop (call $get))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $n) (i32.const 10000))))
  (global.get $page))
