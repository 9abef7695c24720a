;; A connector whose read asks the application first.
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (if (result i32) (call $get) (then (global.get $failure)) (else (global.get $page))))
