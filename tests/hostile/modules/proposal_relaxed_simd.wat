;; Code of a WebAssembly proposal that is disabled.
;; expect: class=compile, blame=guest, memory=32, seconds=5
(component
  (core module (func (result v128) (f32x4.relaxed_madd (v128.const i64x2 0 0) (v128.const i64x2 0 0) (v128.const i64x2 0 0))))
  (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))
