;; A connector that sends any request that the application prescribes, and then sends its memory
;; to the application.
;;
;; It requests /users. The response holds the request to send as it lies in memory, with addresses
;; relative to its start: method, target (address, length), header fields (address, count), a flag
;; for the body, the body (address, length), each four bytes.
(memory (export "memory") 4)

;; The cases of `http-error` that have no text, 24 bytes each.
(data (i32.const 65536) "dns-error               ")
(data (i32.const 65560) "destination-prohibited  ")
(data (i32.const 65584) "connection-refused      ")
(data (i32.const 65608) "connection-terminated   ")
(data (i32.const 65632) "connection-timeout      ")
(data (i32.const 65656) "certificate-error       ")
(data (i32.const 65680) "tls-error               ")
(data (i32.const 65704) "response-timeout        ")
(data (i32.const 65728) "response-body-size      ")
(data (i32.const 65752) "content-coding          ")
(data (i32.const 65776) "protocol-error          ")
(data (i32.const 65800) "loop-detected           ")
(data (i32.const 65824) "denied                  ")
(data (i32.const 65848) "invalid                 ")
(data (i32.const 65872) "budget-exhausted        ")
(data (i32.const 65896) "credential-unavailable  ")
(data (i32.const 65920) "internal-error          ")
(data (i32.const 66000) "/memory")

(func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
  (local $at i32) (local $pages i32)
  (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
  (global.set $free (i32.add (local.get $at) (local.get $size)))
  (local.set $pages (i32.shr_u (i32.add (global.get $free) (i32.const 0xffff)) (i32.const 16)))
  (if (i32.gt_u (local.get $pages) (memory.size)) (then
    (if (i32.eq (i32.const -1) (memory.grow (i32.sub (local.get $pages) (memory.size)))) (then unreachable))))
  (local.get $at))

;; Returns a failure with this message.
(func $fail (param $words i32) (param $length i32) (result i32)
  ;; contract-violation, which is not retried.
  (i32.store8 offset=8 (global.get $failure) (i32.const 6))
  (i32.store offset=16 (global.get $failure) (local.get $words))
  (i32.store offset=20 (global.get $failure) (local.get $length))
  (global.get $failure))

;; Returns a failure with the host's error: its text if it has one, otherwise its name.
(func $error (result i32)
  (local $case i32)
  (local.set $case (i32.load8_u (i32.const 1032)))
  ;; A bit set for each case with a text.
  (if (i32.and (i32.shr_u (i32.const 0xf663) (local.get $case)) (i32.const 1))
    (then (return (call $fail (i32.load (i32.const 1040)) (i32.load (i32.const 1044))))))
  (call $fail (i32.add (i32.const 65536) (i32.mul (local.get $case) (i32.const 24))) (i32.const 24)))

(func (export "purser:connector/actions@0.1.0#read")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
  (local $at i32) (local $field i32) (local $last i32)
  (if (call $get) (then (return (call $error))))
  (local.set $at (i32.load (i32.const 1044)))
  ;; A header field is two texts, and a text is its address and length.
  (local.set $field (i32.add (local.get $at) (i32.load offset=12 (local.get $at))))
  (local.set $last (i32.add (local.get $field) (i32.shl (i32.load offset=16 (local.get $at)) (i32.const 4))))
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $field) (local.get $last)))
    (i32.store (local.get $field) (i32.add (local.get $at) (i32.load (local.get $field))))
    (local.set $field (i32.add (local.get $field) (i32.const 8)))
    (br $next)))
  (call $send
    (i32.load (local.get $at))
    (i32.add (local.get $at) (i32.load offset=4 (local.get $at))) (i32.load offset=8 (local.get $at))
    (i32.add (local.get $at) (i32.load offset=12 (local.get $at))) (i32.load offset=16 (local.get $at))
    (i32.load offset=20 (local.get $at))
    (i32.add (local.get $at) (i32.load offset=24 (local.get $at))) (i32.load offset=28 (local.get $at))
    (i32.const 0) (i32.const 1024))
  (if (i32.load8_u (i32.const 1024)) (then (return (call $error))))
  ;; POST /memory: the memory, as much of it as a request can hold.
  (local.set $last (i32.shl (memory.size) (i32.const 16)))
  (if (i32.gt_u (local.get $last) (i32.const 1000000)) (then (local.set $last (i32.const 1000000))))
  (call $send (i32.const 2) (i32.const 66000) (i32.const 7) (i32.const 0) (i32.const 0)
    (i32.const 1) (i32.const 0) (local.get $last) (i32.const 0) (i32.const 2048))
  ;; An error of the application becomes the failure of the connector.
  (if (i32.ge_u (i32.load16_u (i32.const 1032)) (i32.const 400))
    (then (return (call $fail (i32.load (i32.const 1044)) (i32.load (i32.const 1048))))))
  (global.get $page))
