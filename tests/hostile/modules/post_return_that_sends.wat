;; A post-return function that sends a request.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "cabi_post_purser:connector/actions@0.1.0#read") (param i32) (drop (call $get)))
