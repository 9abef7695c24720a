;; A stack overflow in the start function.
;; expect: class=describe/trapped, blame=guest, memory=48, seconds=5
;; says: call stack exhausted
(func $deep (call $deep) (call $deep))
(start $deep)
