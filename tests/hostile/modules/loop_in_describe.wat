;; An endless description.
;; expect: class=describe/stuck, blame=guest, memory=32, seconds=8
(func (export "purser:connector/actions@0.1.0#describe") (result i32) (loop (br 0)) unreachable)
