;; It begins with all the memory there can be.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(memory (export "memory") 65536)
