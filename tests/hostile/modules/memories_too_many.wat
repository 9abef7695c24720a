;; Five modules with a memory each; a connector may have one.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(component
  (core module $m (memory (export "memory") 1000))
  (core instance (instantiate $m)) (core instance (instantiate $m)) (core instance (instantiate $m))
  (core instance (instantiate $m)) (core instance (instantiate $m))
  (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))
