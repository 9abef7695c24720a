;; An initial table of ten million elements.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(table $t 10000000 funcref)
