;; A failure whose text would control a terminal.
;; expect: class=transient, blame=upstream, memory=32, seconds=5
;; says: owned
(data (i32.const 65536) "\1b[2J\1b]0;owned\07\c2\9b1m\0d\0aerror: forged\00\e2\80\aegpj.exe")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store offset=16 (global.get $failure) (i32.const 65536))
  (i32.store offset=20 (global.get $failure) (i32.const 48)) (global.get $failure))
