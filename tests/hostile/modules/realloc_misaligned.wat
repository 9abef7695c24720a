;; An allocation at a misaligned address.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
;; limits: cpu-ms=401
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65537))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  ;; A string has no alignment, so the guest has to notice the misaligned address itself.
  (if (i32.and (local.get 0) (i32.const 3)) (then unreachable)) (global.get $page))
