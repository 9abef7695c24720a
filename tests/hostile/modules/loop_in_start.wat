;; An endless start function, which runs at instantiation.
;; expect: class=describe/stuck, blame=guest, memory=32, seconds=8
(func $start (loop (br 0)))
(start $start)
