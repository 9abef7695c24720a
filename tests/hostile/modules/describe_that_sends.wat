;; expect: class=describe/impure, blame=guest, memory=32, seconds=5
(func (export "purser:connector/actions@0.1.0#describe") (result i32)
  (drop (call $get)) (global.get $description))
