;; A connector that does what one should.
