;; A download without a response.
;; expect: class=wall-clock, blame=upstream, memory=32, seconds=8
;; upstream: never
;; limits: wall-ms=600
(import "purser:connector/http@0.1.0" "download" (func $download
  (param $method i32) (param $target i32) (param $target-length i32) (param $headers i32) (param $headers-length i32)
  (param $has-body i32) (param $body i32) (param $body-length i32) (param $idempotent i32)
  (param $compression i32) (param $ending i32) (param $ending-length i32) (param $skip-bytes i64) (param $result i32)))
(data (i32.const 65536) "/users")
(func $open (result i32)
  (call $download (i32.const 0) (i32.const 65536) (i32.const 6) (i32.const 0) (i32.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 1024))
  (i32.load8_u (i32.const 1024)))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (drop (call $open))
  (global.get $page))
