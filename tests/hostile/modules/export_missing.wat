;; A connector without one of the actions.
;; expect: class=incompatible, blame=guest, memory=32, seconds=5
(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func $f (canon lift (core func $i "f")))
  (instance $actions (export "check" (func $f)) (export "read" (func $f)) (export "reclaim" (func $f)))
  (export "purser:connector/actions@0.1.0" (instance $actions)))
