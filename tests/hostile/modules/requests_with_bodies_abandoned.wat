;; Abandoned requests with bodies of 1 MB and without response: the host would hold a thousand.
;; expect: class=ok, memory=160, seconds=8
;; limits: cpu-ms=4000
;; upstream: never
(import "purser:connector/http@0.1.0" "[async-lower]send" (func $begin (param i32 i32) (result i32)))
(memory (export "memory") 100)
;; POST, the target, no header, a body.
(data (i32.const 65536) "\02\00\00\00\40\00\01\00\06\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\10\00\40\42\0f\00")
(data (i32.const 65600) "/users")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (local $n i32)
  (loop $again
    (drop (call $begin (i32.const 65536) (i32.const 1024)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $n) (i32.const 1000))))
  (global.get $page))
