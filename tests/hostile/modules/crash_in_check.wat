;; expect: class=trapped, blame=guest, memory=32, seconds=5
;; call: check
(func (export "purser:connector/actions@0.1.0#check") (param i32 i32 i32 i32 i32) (result i32) unreachable)
