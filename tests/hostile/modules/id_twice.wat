;; Two accounts with one id, whose characters would reorder the error text.
;; expect: class=bad-answer, blame=guest, memory=32, seconds=5
;; says: accounts[1].id is that of accounts[0]
(data (i32.const 65536) "\e2\80\aegpj.exe")
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store (i32.const 66560) (i32.const 65536)) (i32.store (i32.const 66564) (i32.const 10))
  (i32.store (i32.const 66688) (i32.const 65536)) (i32.store (i32.const 66692) (i32.const 10))
  (i32.store offset=12 (global.get $page) (i32.const 66560))
  (i32.store offset=16 (global.get $page) (i32.const 2)) (global.get $page))
