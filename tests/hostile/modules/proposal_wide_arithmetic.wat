;; Code of a WebAssembly proposal that is disabled.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(component
  (core module (func (result i64 i64) (i64.mul_wide_u (i64.const 1) (i64.const 1))))
  (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))
