;; Data segments that fill what describe may have: they are laid down each time it is instantiated.
;; expect: class=ok, memory=64, seconds=5
(memory (export "memory") 250)
(data (i32.const 0xf00000) "the last of fifteen MiB")
(data (i32.const 65536) "the first")
