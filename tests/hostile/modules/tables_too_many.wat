;; Nine tables, with a limit of eight for a component.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(table 1 funcref) (table 1 funcref) (table 1 funcref) (table 1 funcref) (table 1 funcref)
(table 1 funcref) (table 1 funcref) (table 1 funcref) (table 1 funcref)
