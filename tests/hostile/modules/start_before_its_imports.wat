;; A start function that calls an import before it is linked.
;; expect: class=describe/trapped, blame=guest, memory=32, seconds=5
(func $start (drop (call $get)))
(start $start)
