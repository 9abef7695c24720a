;; Components in each other.
(component (component (component (component (core module (func (loop (loop (loop (nop))))))))))
