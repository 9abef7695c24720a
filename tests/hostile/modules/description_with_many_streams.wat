;; Seven hundred thousand streams.
;; expect: class=describe/over-limit, blame=guest, memory=64, seconds=5
(memory (export "memory") 250)
(func (export "purser:connector/actions@0.1.0#describe") (result i32)
  (i32.store offset=56 (global.get $description) (i32.const 65536))
  (i32.store offset=60 (global.get $description) (i32.const 700000))
  (global.get $description))
