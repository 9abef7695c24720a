;; A summary of 10 MB.
;; expect: class=description, blame=guest, memory=64, seconds=5
;; says: summary has 10000000 bytes
(memory (export "memory") 250)
(func (export "purser:connector/actions@0.1.0#describe") (result i32)
  (i32.store offset=32 (global.get $description) (i32.const 65536))
  (i32.store offset=36 (global.get $description) (i32.const 10000000))
  (global.get $description))
