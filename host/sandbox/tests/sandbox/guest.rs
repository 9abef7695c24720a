//! Guests: what each export does, as instructions of the text format.

use crate::image::Image;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A connector in the making. Each export is the body of a function that leaves the address of its
/// result.
pub(crate) struct Guest {
    pub(crate) image: Image,
    pub(crate) describe: String,
    pub(crate) read: String,
    /// Run when the guest is instantiated.
    pub(crate) start: String,
    /// More imports.
    pub(crate) imports: String,
    /// More definitions.
    pub(crate) more: String,
    /// Pages of 64 KiB that the memory begins with.
    pub(crate) pages: u32,
}

impl Guest {
    /// One that describes itself as `example` and reads one page of one account.
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

    /// One that does something before it answers a read as the honest one does.
    pub(crate) fn that_reads(instructions: &str) -> Self {
        let honest = Self::honest();
        Self {
            read: format!("{instructions}\n{}", honest.read),
            ..honest
        }
    }

    /// One that answers a read with what lies in its memory.
    pub(crate) fn that_answers(answer: impl FnOnce(&mut Image) -> u32) -> Self {
        let mut honest = Self::honest();
        honest.read = format!("i32.const {}", answer(&mut honest.image));
        honest
    }

    /// The component.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.text()).unwrap();
        let mut resolve = Resolve::default();
        let (package, _) = resolve
            .push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"))
            .unwrap();
        let world = resolve.select_world(&[package], Some("connector")).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)
            .unwrap();
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
        let (describe_name, check_name, read_name, reclaim_name) = (
            name("describe"),
            name("check"),
            name("read"),
            name("reclaim"),
        );
        format!(
            r#"(module
  ;; method, target, headers, body, repeatable; where the result goes
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
  ;; GET /users; leaves 0 when there was an answer
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
