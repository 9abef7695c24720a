;; A rejected row whose reason would control a terminal. It arrives without this effect.
;; expect: class=ok, memory=32, seconds=5
(data (i32.const 65536) "\1b[2J\1b]0;owned\07\c2\9b1m\0d\0aerror: forged\00\e2\80\aegpj.exe")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store (i32.const 66560) (i32.const 65536)) (i32.store (i32.const 66564) (i32.const 48))
  (i32.store (i32.const 66568) (i32.const 65536)) (i32.store (i32.const 66572) (i32.const 48))
  (i32.store offset=20 (global.get $page) (i32.const 66560))
  (i32.store offset=24 (global.get $page) (i32.const 1)) (global.get $page))
