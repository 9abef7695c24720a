;; A function in place of the actions.
;; expect: class=incompatible, blame=guest, memory=32, seconds=5
(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func $f (canon lift (core func $i "f")))
  (export "actions" (func $f))
  (instance $actions (export "describe" (func $f)))
  (export "purser:connector/actions@0.1.0" (instance $actions)))
