;; It begins with more memory than it may have.
;; expect: class=describe/over-limit, blame=guest, memory=32, seconds=5
(memory (export "memory") 16000)
