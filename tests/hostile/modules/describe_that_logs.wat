;; expect: class=describe/impure, blame=guest, memory=32, seconds=5
;; says: log.write
(func (export "purser:connector/actions@0.1.0#describe") (result i32)
  (call $log (i32.const 0) (i32.const 65536) (i32.const 9)) (global.get $description))
