//! Guests, with the instructions of each export in text format.

use crate::image::Image;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A guest under construction. Each export is a function body that returns the address of its
/// result.
pub(crate) struct Guest {
    pub(crate) image: Image,
    pub(crate) describe: String,
    pub(crate) read: String,
    /// The start function, which runs on instantiation.
    pub(crate) start: String,
    /// Further imports.
    pub(crate) imports: String,
    /// Further definitions.
    pub(crate) more: String,
    /// Initial size of the memory, in pages of 64 KiB.
    pub(crate) pages: u32,
}

impl Guest {
    /// Returns a valid guest, `example`, whose page has one account.
    pub(crate) fn honest() -> Self {
        let mut image = Image::default();
        let description = image.description("example", "An example.");
        let account = image.account("u1");
        let page = image.page(0, &[account], &[], None);
        Self {
            image,
            describe: format!("i32.const {description}"),
            read: format!("i32.const {page}"),
            start: String::new(),
            imports: String::new(),
            more: String::new(),
            pages: 4,
        }
    }

    /// Returns a guest that runs instructions in `read`, and then returns the valid page.
    pub(crate) fn reading(instructions: &str) -> Self {
        let honest = Self::honest();
        Self {
            read: format!("{instructions}\n{}", honest.read),
            ..honest
        }
    }

    /// Returns a guest whose `read` returns a value of its memory.
    pub(crate) fn returning(result: impl FnOnce(&mut Image) -> u32) -> Self {
        let mut honest = Self::honest();
        honest.read = format!("i32.const {}", result(&mut honest.image));
        honest
    }

    /// Builds the component.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.text()).unwrap();
        let mut resolve = Resolve::default();
        let (package, _) = resolve
            .push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"))
            .unwrap();
        let host = resolve.select_world(&[package], Some("connector")).unwrap();
        embed_component_metadata(&mut module, &resolve, host, StringEncoding::UTF8, false).unwrap();
        ComponentEncoder::default()
            .validate(true)
            .module(&module)
            .unwrap()
            .encode()
            .unwrap()
    }

    fn text(&self) -> String {
        let Self {
            image,
            describe,
            read,
            start,
            imports,
            more,
            pages,
        } = self;
        let data = image.segment();
        let name = |export: &str| format!("(export \"purser:connector/actions@0.1.0#{export}\")");
        let describe_name = name("describe");
        let check_name = name("check");
        let read_name = name("read");
        let reclaim_name = name("reclaim");
        format!(
            r#"(module
  ;; method, target, headers, body, idempotent; where the result goes
  (import "purser:connector/http@0.1.0" "send"
    (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "purser:connector/log@0.1.0" "write" (func $log (param i32 i32 i32)))
  {imports}
  (memory (export "memory") {pages})
  (global $free (mut i32) (i32.const 131072))
  {data}
  {more}
  (func (export "cabi_realloc") (param $old i32) (param $had i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  ;; GET /users; leaves 0 if there was a response
  (func $get (result i32)
    (i32.store (i32.const 16) (i32.const 0x6573752f)) ;; "/use"
    (i32.store (i32.const 20) (i32.const 0x7372))     ;; "rs"
    (call $send (i32.const 0) (i32.const 16) (i32.const 6) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
    (i32.load8_u (i32.const 1024)))
  (func $start {start})
  (start $start)
  (func $describe {describe_name} (result i32) {describe})
  (func $check {check_name} (param i32 i32 i32 i32 i32) (result i32) unreachable)
  (func $read {read_name}
    (param $stream i32) (param $stream_length i32) (param $settings i32) (param $settings_length i32)
    (param $has_cursor i32) (param $cursor i32) (param $cursor_length i32)
    (param $has_since i32) (param $since i64) (param $page_size i32)
    (param $accounts i32) (param $accounts_length i32) (result i32)
    {read})
  (func $reclaim {reclaim_name} (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    unreachable))"#
        )
    }
}
