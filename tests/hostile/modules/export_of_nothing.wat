;; expect: class=missing-export, blame=guest, memory=32, seconds=5
(component)
