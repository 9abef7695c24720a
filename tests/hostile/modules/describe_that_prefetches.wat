;; expect: class=describe/impure, blame=guest, memory=32, seconds=5
(import "purser:connector/http@0.1.0" "prefetch"
  (func $prefetch (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "purser:connector/actions@0.1.0#describe") (result i32)
  (i32.store8 (i32.const 16) (i32.const 47)) ;; "/"
  (call $prefetch (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 0) (i32.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
  (global.get $description))
