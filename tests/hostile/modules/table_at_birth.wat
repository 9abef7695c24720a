;; It begins with a table of ten million.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(table $t 10000000 funcref)
