;; A read that returns a result and then crashes: the result does not count.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "cabi_post_purser:connector/actions@0.1.0#read") (param i32) unreachable)
