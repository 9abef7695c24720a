;; A request body of 2 MB, with a limit of 1 MiB. The guest reports that the request failed.
;; expect: class=over-limit, blame=guest, memory=48, seconds=5
;; says: request-bytes = 1048576
(memory (export "memory") 100)
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (drop (call $get))
  (call $send (i32.const 2) (i32.const 16) (i32.const 6) (i32.const 0) (i32.const 0)
    (i32.const 1) (i32.const 0x100000) (i32.const 2000000) (i32.const 0) (i32.const 1024))
  (global.get $failure))
