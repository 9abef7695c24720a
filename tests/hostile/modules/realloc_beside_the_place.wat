;; Asked for aligned room, it gives an address that is not.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
;; limits: cpu-ms=401
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65537))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  ;; The name of a stream may lie anywhere. That it does not lie where it should is for the guest to find out.
  (if (i32.and (local.get 0) (i32.const 3)) (then unreachable)) (global.get $page))
