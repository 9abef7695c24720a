;; expect: class=describe/trapped, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#describe") (result i32) unreachable)
