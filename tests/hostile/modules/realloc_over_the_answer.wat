;; Asked for room, it gives the place where its own description and page lie, so that the host's arguments destroy them.
;; expect: class=trapped, blame=guest, memory=32, seconds=5
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (global.get $page))
(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32) (global.get $page))
