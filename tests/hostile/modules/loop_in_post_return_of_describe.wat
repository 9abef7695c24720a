;; An endless post-return function after a description.
;; expect: class=describe/stuck, blame=guest, memory=32, seconds=8
(func (export "cabi_post_purser:connector/actions@0.1.0#describe") (param i32) (loop (br 0)))
