;; Two accounts with one id, whose characters would reorder the error text.
;; expect: class=ok, memory=32, seconds=5
;; says: twice on one page
(data (i32.const 65536) "\e2\80\aegpj.exe")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store (i32.const 66560) (i32.const 65536)) (i32.store (i32.const 66564) (i32.const 10))
  (i32.store (i32.const 66696) (i32.const 65536)) (i32.store (i32.const 66700) (i32.const 10))
  (i32.store offset=12 (global.get $page) (i32.const 66560))
  (i32.store offset=16 (global.get $page) (i32.const 2)) (global.get $page))
