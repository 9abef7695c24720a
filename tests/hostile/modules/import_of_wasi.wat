;; expect: class=unknown-imports, blame=guest, memory=32, seconds=5
;; says: wasm32-unknown-unknown
(component
  (import "wasi:filesystem/preopens@0.2.0" (instance (export "get-directories" (func))))
  (import "wasi:sockets/tcp@0.2.0" (instance)))
