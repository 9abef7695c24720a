;; Endless requests with more time than requests. After the request limit, each error is a host
;; call, and these have a limit too.
;; expect: class=over-limit, blame=guest, memory=32, seconds=8
;; says: host-calls = 200
;; limits: requests=20, host-calls=200
;; upstream: after 20 ms
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (loop (drop (call $get)) (br 0)) unreachable)
