//! Guests in the WebAssembly text format. An attack contains only its peculiarity; the rest is
//! completed from an honest connector.

use crate::image::{Image, TEXTS, Texts};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const ACTIONS: &str = "purser:connector/actions@0.1.0";

/// Builds the component of an attack. A text that starts with `(component` or `(module` is used
/// unchanged. Any other text is fields of a core module with the canonical ABI of the connector's
/// world, which is completed with:
///
/// * before it, the imports `$send` and `$log`;
/// * after it, the missing exports among `memory`, `cabi_realloc`, `describe`, `check`, `read` and
///   `reclaim`; and `$get`, which sends `GET /users` and returns 0 if there was a response;
/// * in memory from 4096 on, the results of an honest connector: `$description`, `$page` (with the
///   one account `$account`), `$report` and `$outcome`; `$failure` is a transient failure of a
///   read. Memory from 65536 to 131072 belongs to the attack.
pub(crate) fn component(text: &str) -> Vec<u8> {
    component_with_texts(text, &TEXTS)
}

/// Builds the component with other texts in its description.
pub(crate) fn component_with_texts(text: &str, texts: &Texts<'_>) -> Vec<u8> {
    let fields = text
        .lines()
        .filter(|line| !line.trim_start().starts_with(";;"))
        .collect::<Vec<_>>()
        .join("\n");

    match fields.trim_start() {
        whole if whole.starts_with("(component") || whole.starts_with("(module") => {
            wat::parse_str(whole).unwrap()
        }
        fields => {
            let mut image = Image::default();
            let description = Some(image.description(texts));

            encode(&completed(
                fields,
                image,
                Some(ResultAddresses {
                    description,
                    page: None,
                }),
            ))
        }
    }
}

/// Builds the honest connector.
pub(crate) fn honest() -> Vec<u8> {
    component("")
}

/// Builds an honest connector with another description or page, which the function places in
/// memory.
pub(crate) fn honest_except(place: impl FnOnce(&mut Image) -> ResultAddresses) -> Vec<u8> {
    let mut image = Image::default();
    let addresses = place(&mut image);
    encode(&completed("", image, Some(addresses)))
}

/// Addresses of results that replace the honest ones.
#[derive(Default)]
pub(crate) struct ResultAddresses {
    pub(crate) description: Option<u32>,
    pub(crate) page: Option<u32>,
}

fn encode(text: &str) -> Vec<u8> {
    let mut module = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_path(purser_tests::repository().join("wit"))
        .unwrap();
    let world = resolve.select_world(&[package], Some("connector")).unwrap();

    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

fn completed(fields: &str, mut image: Image, addresses: Option<ResultAddresses>) -> String {
    let addresses = addresses.unwrap_or_default();
    let description = addresses
        .description
        .unwrap_or_else(|| image.description(&TEXTS));
    let account = image.account("u1");
    let page = addresses
        .page
        .unwrap_or_else(|| image.page(std::slice::from_ref(&account)));

    // The list has one account, which lies right before the page.
    let account = page - 136;
    let failure = image.string("no response");
    let failure = image.place(&[vec![1], vec![0; 15], failure, vec![0; 8]].concat());
    let report = image.place(&[0; 64]);
    let outcome = image.place(&[0; 64]);
    let data = image.segment();

    let missing = missing(fields);

    format!(
        r#"(module
  (import "purser:connector/http@0.1.0" "send" (func $send
    (param $method i32) (param $target i32) (param $target-length i32) (param $headers i32) (param $headers-length i32)
    (param $has-body i32) (param $body i32) (param $body-length i32) (param $idempotent i32) (param $result i32)))
  (import "purser:connector/log@0.1.0" "write"
    (func $log (param $level i32) (param $text i32) (param $text-length i32)))
  {fields}
  {missing}
  (global $description i32 (i32.const {description}))
  (global $page i32 (i32.const {page}))
  (global $account i32 (i32.const {account}))
  (global $failure i32 (i32.const {failure}))
  (global $report i32 (i32.const {report}))
  (global $outcome i32 (i32.const {outcome}))
  (global $free (mut i32) (i32.const 131072))
  {data}
  (func $get (result i32)
    (i32.store (i32.const 16) (i32.const 0x6573752f)) ;; "/use"
    (i32.store (i32.const 20) (i32.const 0x7372))     ;; "rs"
    (call $send (i32.const 0) (i32.const 16) (i32.const 6) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
    (i32.load8_u (i32.const 1024))))"#
    )
}

/// Returns the missing exports in the text format.
fn missing(fields: &str) -> String {
    let honest = [
        ("memory", r#"(memory (export "memory") 4)"#.to_owned()),
        ("cabi_realloc", REALLOC.to_owned()),
        (
            &action("describe"),
            func("describe", "(result i32)", "$description"),
        ),
        (
            &action("check"),
            func(
                "check",
                "(param i32 i32 i32 i32 i32) (result i32)",
                "$report",
            ),
        ),
        (
            &action("read"),
            func(
                "read",
                "(param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)",
                "$page",
            ),
        ),
        (
            &action("reclaim"),
            func(
                "reclaim",
                "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)",
                "$outcome",
            ),
        ),
    ];

    let there = |export: &str| {
        fields.contains(&format!("(export \"{export}\")"))
            || fields.contains(&format!("(export \"[async-lift]{export}\")"))
    };

    honest
        .into_iter()
        .filter(|(export, _)| !there(export))
        .map(|(_, text)| text)
        .collect::<Vec<_>>()
        .join("\n  ")
}

fn action(name: &str) -> String {
    format!("{ACTIONS}#{name}")
}

fn func(name: &str, signature: &str, answer: &str) -> String {
    format!(
        "(func (export \"{}\") {signature} (global.get {answer}))",
        action(name)
    )
}

const REALLOC: &str = r#"(func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at))"#;
