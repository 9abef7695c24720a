;; Requests for more memory after the limit, without end.
;; expect: class=stuck, blame=guest, memory=32, seconds=6
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (loop $again (drop (memory.grow (i32.const 60000))) (br $again))
  unreachable)
