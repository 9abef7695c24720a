;; Endless requests with slow responses, so that no computation takes long.
;; expect: class=wall-clock, blame=guest, memory=32, seconds=8
;; says: without delay
;; limits: wall-ms=2500
;; upstream: after 20 ms
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (loop (drop (call $get)) (br 0)) unreachable)
