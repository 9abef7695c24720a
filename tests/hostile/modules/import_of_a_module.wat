;; An import of the right name with the type of a core module.
;; expect: class=incompatible, blame=guest, memory=32, seconds=5
(component
  (import "purser:connector/log@0.1.0" (instance (export "write" (core module))))
  (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))
