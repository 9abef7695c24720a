;; A component for another version of the interface.
(component (import "purser:connector/http@0.2.0" (instance)))
