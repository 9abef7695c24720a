;; A start function that calls an import, which is not allowed during a description. Its memory is
;; in another module, so that the import is linked before the function runs.
;; expect: class=describe/impure, blame=guest, memory=32, seconds=5
;; says: log.write
(component
  (import "purser:connector/log@0.1.0" (instance $log
    (type $words (enum "debug" "info" "warn" "error"))
    (export "level" (type $level (eq $words)))
    (export "write" (func (param "level" $level) (param "message" string)))))
  (core module $memory (memory (export "memory") 1))
  (core instance $memory (instantiate $memory))
  (core func $write (canon lower (func $log "write") (memory (core memory $memory "memory"))))
  (core module $starts
    (import "log" "write" (func $write (param i32 i32 i32)))
    (func $start (call $write (i32.const 0) (i32.const 0) (i32.const 4)))
    (start $start)
    (func (export "f")))
  (core instance $i (instantiate $starts (with "log" (instance (export "write" (func $write))))))
  (func $f (canon lift (core func $i "f")))
  (instance $actions (export "describe" (func $f)) (export "check" (func $f))
    (export "read" (func $f)) (export "reclaim" (func $f)))
  (export "purser:connector/actions@0.1.0" (instance $actions)))
