;; An endless check.
;; expect: class=stuck, blame=guest, memory=32, seconds=5
;; call: check
(func (export "purser:connector/actions@0.1.0#check") (param i32 i32 i32 i32 i32) (result i32)
  (loop (br 0)) unreachable)
