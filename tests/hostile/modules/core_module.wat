;; expect: class=core-module, blame=operator, memory=32, seconds=5
;; says: BuildConnector
(module (memory 1) (func (export "read")))
