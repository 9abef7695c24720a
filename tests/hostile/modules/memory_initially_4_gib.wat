;; An initial memory of 4 GiB.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(memory (export "memory") 65536)
