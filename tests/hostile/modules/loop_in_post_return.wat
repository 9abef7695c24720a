;; An endless post-return function after a read.
;; expect: class=stuck, blame=guest, memory=32, seconds=5
(func (export "cabi_post_purser:connector/actions@0.1.0#read") (param i32) (loop (br 0)))
