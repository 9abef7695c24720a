;; A description that would change with each call of one instance. Every call has a fresh instance.
;; expect: class=ok, memory=32, seconds=5
(global $asked (mut i32) (i32.const 0))
(func (export "purser:connector/actions@0.1.0#describe") (result i32)
  (global.set $asked (i32.add (global.get $asked) (i32.const 1)))
  (i32.store8 (i32.const 65536) (i32.add (global.get $asked) (i32.const 48)))
  (i32.store8 (i32.const 65537) (i32.const 0x2e)) (i32.store8 (i32.const 65538) (i32.const 0x30))
  (i32.store8 (i32.const 65539) (i32.const 0x2e)) (i32.store8 (i32.const 65540) (i32.const 0x30))
  (i32.store offset=8 (global.get $description) (i32.const 65536))
  (i32.store offset=12 (global.get $description) (i32.const 5))
  (global.get $description))
