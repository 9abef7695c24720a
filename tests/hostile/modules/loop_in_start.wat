;; It does not even come to be: the start function, which runs when it is instantiated, has no end.
;; expect: class=describe/stuck, blame=guest, memory=32, seconds=8
(func $start (loop (br 0)))
(start $start)
