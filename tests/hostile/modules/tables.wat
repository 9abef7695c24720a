;; Nine tables, where a component may have eight.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(table 1 funcref) (table 1 funcref) (table 1 funcref) (table 1 funcref) (table 1 funcref)
(table 1 funcref) (table 1 funcref) (table 1 funcref) (table 1 funcref)
