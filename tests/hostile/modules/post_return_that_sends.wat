;; It sends when it is told that its answer has arrived, when nobody counts on it any more.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "cabi_post_purser:connector/actions@0.1.0#read") (param i32) (drop (call $get)))
