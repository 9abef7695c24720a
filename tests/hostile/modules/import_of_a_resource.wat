;; An import of an unknown resource type.
;; expect: class=incompatible, blame=guest, memory=32, seconds=5
(component
  (import "purser:connector/http@0.1.0" (instance (export "socket" (type (sub resource)))))
  (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))
