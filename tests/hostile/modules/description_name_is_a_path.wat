;; The name `../../etc`.
;; expect: class=description, blame=guest, memory=32, seconds=5
(data (i32.const 65536) "../../etc")
(func (export "purser:connector/actions@0.1.0#describe") (result i32)
  (i32.store (global.get $description) (i32.const 65536))
  (i32.store offset=4 (global.get $description) (i32.const 9))
  (global.get $description))
