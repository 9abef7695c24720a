;; A name that ends a line where Unicode is read.
(component (import "a error: b" (func)))
