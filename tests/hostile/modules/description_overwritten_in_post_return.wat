;; The post-return function overwrites the description: the host has its copy.
;; expect: class=ok, memory=32, seconds=5
(func (export "cabi_post_purser:connector/actions@0.1.0#describe") (param i32)
  (memory.fill (i32.const 4096) (i32.const 0xff) (i32.const 4096)))
