;; An unknown interface of the right package.
;; expect: class=unknown-imports, blame=guest, memory=32, seconds=5
;; says: purser:connector/vault@0.1.0
(component (import "purser:connector/vault@0.1.0" (instance)))
