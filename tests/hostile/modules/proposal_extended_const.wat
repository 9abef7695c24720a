;; Code of a WebAssembly proposal that is disabled.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(component
  (core module (global i32 (i32.add (i32.const 1) (i32.const 1))))
  (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))
