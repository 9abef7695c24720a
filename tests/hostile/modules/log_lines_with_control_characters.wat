;; Log lines that would clear a terminal, set its title, forge a line, and reorder text. They arrive
;; without these effects.
;; expect: class=ok, memory=32, seconds=5
(data (i32.const 65536) "\1b[2J\1b]0;owned\07\c2\9b1m\0d\0aerror: forged\00\e2\80\aegpj.exe")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call $log (i32.const 1) (i32.const 65536) (i32.const 48)) (global.get $page))
