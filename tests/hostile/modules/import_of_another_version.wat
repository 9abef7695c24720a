;; expect: class=other-version, blame=guest, memory=32, seconds=5
;; says: purser:connector@9.9.9
(component (import "purser:connector/http@9.9.9" (instance)))
