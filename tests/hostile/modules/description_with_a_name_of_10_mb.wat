;; A name of ten million escape characters, which the error must not repeat.
;; expect: class=description, blame=guest, memory=96, seconds=5
(memory (export "memory") 250)
(func (export "purser:connector/actions@0.1.0#describe") (result i32)
  (memory.fill (i32.const 65536) (i32.const 0x1b) (i32.const 10000000))
  (i32.store (global.get $description) (i32.const 65536))
  (i32.store offset=4 (global.get $description) (i32.const 10000000))
  (global.get $description))
