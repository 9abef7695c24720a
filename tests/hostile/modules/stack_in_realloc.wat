;; A stack overflow in an allocation.
;; expect: class=trapped, blame=guest, memory=48, seconds=5
;; says: call stack exhausted
(func $r (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (i32.add (i32.const 1) (call $r (local.get 0) (local.get 1) (local.get 2) (local.get 3))))
