;; What runs when it is instantiated calls an import that is not joined to it yet.
;; expect: class=describe/trapped, blame=guest, memory=32, seconds=5
(func $start (drop (call $get)))
(start $start)
