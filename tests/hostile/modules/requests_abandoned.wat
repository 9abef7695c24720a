;; A thousand requests without response, which the read abandons.
;; expect: class=ok, memory=48, seconds=5
;; upstream: never
(import "purser:connector/http@0.1.0" "[async-lower]send" (func $begin (param i32 i32) (result i32)))
(data (i32.const 65536) "\00\00\00\00\40\00\01\00\06\00\00\00")
(data (i32.const 65600) "/users")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (local $n i32)
  (loop $again
    (drop (call $begin (i32.const 65536) (i32.const 1024)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $n) (i32.const 1000))))
  (global.get $page))
