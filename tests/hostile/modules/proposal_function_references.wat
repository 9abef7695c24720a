;; Code of a WebAssembly proposal that is disabled.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(component
  (core module (type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0))))
  (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))
