;; Prefetches without end: each is a host call, and these have a limit.
;; expect: class=over-limit, blame=guest, memory=32, seconds=8
;; says: host-calls = 200
;; limits: host-calls=200
(import "purser:connector/http@0.1.0" "prefetch"
  (func $prefetch (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.store (i32.const 16) (i32.const 0x6573752f)) ;; "/use"
  (i32.store (i32.const 20) (i32.const 0x7372))     ;; "rs"
  (loop
    (call $prefetch (i32.const 0) (i32.const 16) (i32.const 6) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (br 0))
  unreachable)
