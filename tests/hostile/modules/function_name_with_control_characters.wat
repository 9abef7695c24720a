;; Function names that would clear a terminal, in the backtrace of a crash.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func $f (@name "\1b[2J\e2\80\aeowned\0aerror: forged") unreachable)
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (call $f) (global.get $page))
