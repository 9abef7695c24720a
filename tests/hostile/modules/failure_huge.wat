;; A failure with a text of 40 MB.
;; expect: class=transient, blame=upstream, memory=200, seconds=5
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (drop (memory.grow (i32.const 990)))
  (memory.fill (i32.const 0x200000) (i32.const 120) (i32.const 40000000))
  (i32.store offset=16 (global.get $failure) (i32.const 0x200000))
  (i32.store offset=20 (global.get $failure) (i32.const 40000000)) (global.get $failure))
