;; Actions with the right names and wrong types.
;; expect: class=incompatible, blame=guest, memory=32, seconds=5
(component
  (core module $m (func (export "f") (result i32) i32.const 7))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $actions (export "describe" (func $f)) (export "check" (func $f))
    (export "read" (func $f)) (export "reclaim" (func $f)))
  (export "purser:connector/actions@0.1.0" (instance $actions)))
