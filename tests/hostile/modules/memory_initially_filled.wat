;; Data segments that fill the memory of a description, at each instantiation.
;; expect: class=ok, memory=64, seconds=5
(memory (export "memory") 250)
(data (i32.const 0xf00000) "the last of fifteen MiB")
(data (i32.const 65536) "the first")
