;; expect: class=describe/trapped, blame=guest, memory=32, seconds=5
(func $start unreachable)
(start $start)
