;; An initial memory above the limit.
;; expect: class=describe/over-limit, blame=guest, memory=32, seconds=5
(memory (export "memory") 16000)
