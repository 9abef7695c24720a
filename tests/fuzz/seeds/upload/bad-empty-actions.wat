;; The right name, and nothing behind it.
(component (instance $i) (export "purser:connector/actions@0.1.0" (instance $i)))
