;; Code of a WebAssembly proposal that is disabled.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(component
  (core module (memory 1 1 shared))
  (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))
