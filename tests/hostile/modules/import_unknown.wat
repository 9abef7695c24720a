;; expect: class=unknown-imports, blame=guest, memory=32, seconds=5
;; says: acme:backdoor/shell@1.0.0
(component (import "acme:backdoor/shell@1.0.0" (instance)))
