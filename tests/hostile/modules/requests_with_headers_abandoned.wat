;; Abandoned requests with a million empty header fields each, which need no bytes and 48 MB of host
;; memory.
;; expect: class=ok, memory=200, seconds=10
;; limits: cpu-ms=8000
;; upstream: never
(import "purser:connector/http@0.1.0" "[async-lower]send" (func $begin (param i32 i32) (result i32)))
(data (i32.const 65536) "\00\00\00\00\40\00\01\00\06\00\00\00\00\00\10\00\40\42\0f\00")
(data (i32.const 65600) "/users")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (local $n i32)
  (drop (memory.grow (i32.const 290)))
  (loop $again
    (drop (call $begin (i32.const 65536) (i32.const 1024)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $n) (i32.const 20))))
  (global.get $page))
