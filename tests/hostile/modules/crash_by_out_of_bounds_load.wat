;; A load outside of memory, with the largest address and offset of 32 bits.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
;; says: out of bounds
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (i32.load offset=0xffffffff (i32.const -1)))
