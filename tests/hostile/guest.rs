//! Guests in the text format. An attack says what is special about it; the rest is an honest connector's.

use crate::image::{Image, TEXTS, Texts};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const ACTIONS: &str = "purser:connector/actions@0.1.0";

/// The component of an attack. What begins with `(component` or `(module` is taken as it is. Anything else is fields of a core module with
/// the canonical ABI of the connector's world, which is completed:
///
/// * before it, the imports `$send` and `$log`;
/// * after it, whichever of the exports it does not have: `memory`, `cabi_realloc`, `describe`, `check`, `read`, `reclaim`; and `$get`,
///   which sends `GET /users` and leaves 0 when there was an answer;
/// * in memory from 4096 on, what an honest connector answers, at `$description`, `$page` (with the one account `$account`), `$report` and
///   `$outcome`; `$failure` is a read's failure, transient. From 65536 to 131072 memory is the attack's own.
pub(crate) fn component(text: &str) -> Vec<u8> {
    component_saying(text, &TEXTS)
}

/// The same, with other texts in its description.
pub(crate) fn component_saying(text: &str, texts: &Texts<'_>) -> Vec<u8> {
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
                Some(Answers {
                    description,
                    page: None,
                }),
            ))
        }
    }
}

/// The honest connector.
pub(crate) fn honest() -> Vec<u8> {
    component("")
}

/// An honest connector with another description, or with another answer to a read, of what is placed in memory.
pub(crate) fn that_has(place: impl FnOnce(&mut Image) -> Answers) -> Vec<u8> {
    let mut image = Image::default();
    let answers = place(&mut image);
    encode(&completed("", image, Some(answers)))
}

/// Where answers other than the honest ones lie.
#[derive(Default)]
pub(crate) struct Answers {
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

fn completed(fields: &str, mut image: Image, answers: Option<Answers>) -> String {
    let answers = answers.unwrap_or_default();
    let description = answers
        .description
        .unwrap_or_else(|| image.description(&TEXTS));
    let account = image.account("u1");
    let page = answers
        .page
        .unwrap_or_else(|| image.page(std::slice::from_ref(&account)));
    // A list of one: the account lies where the page's list begins.
    let account = page - 128;
    let failure = image.string("no answer");
    let failure = image.place(&[vec![1], vec![0; 15], failure, vec![0; 8]].concat());
    let (report, outcome) = (image.place(&[0; 64]), image.place(&[0; 64]));
    let data = image.segment();
    let missing = missing(fields);
    format!(
        r#"(module
  (import "purser:connector/http@0.1.0" "send" (func $send
    (param $method i32) (param $target i32) (param $target-length i32) (param $headers i32) (param $headers-length i32)
    (param $has-body i32) (param $body i32) (param $body-length i32) (param $repeatable i32) (param $result i32)))
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

/// The exports that are not there.
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
