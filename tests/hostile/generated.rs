//! Attacks too large to be written down, or that differ in one place only.

use crate::attack::suffer;
use crate::bombs::leb;
use crate::expectation::Expectation;
use crate::guest::{self, Answers};
use crate::image::TEXTS;
use crate::world::Answers as Application;
use purser_tests::connector;

fn expect(text: &str) -> Expectation {
    Expectation::parse(&format!(";; expect: {text}, memory=64, seconds=8")).unwrap()
}

/// Makes each, and fails with all that went wrong.
fn suffer_all(attacks: impl IntoIterator<Item = (String, Vec<u8>, Expectation)>) {
    let outcomes = attacks.into_iter().map(|(name, bytes, expected)| {
        println!("{name}");
        suffer(|| bytes, &expected)
            .err()
            .map(|why| format!("{name}: {why}"))
    });
    let wrong: Vec<_> = outcomes.flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What steers a terminal, forges a line, or makes text read as what it does not say.
const EVIL: [(&str, &str); 5] = [
    ("ansi", "a\u{1b}[2J"),
    ("c1", "a\u{9b}2J"),
    ("bidi", "a\u{202e}b"),
    ("line", "a\nerror: b"),
    ("nul", "a\0b"),
];

/// A connector with this text in this place of its description.
fn described(place: usize, text: &str) -> Vec<u8> {
    guest::that_has(|image| {
        let mut texts = TEXTS;
        texts[place] = text;
        Answers {
            description: Some(image.description(&texts)),
            ..Answers::default()
        }
    })
}

/// A connector whose publisher would clear the terminal.
pub(crate) fn that_steers() -> Vec<u8> {
    described(0, EVIL[0].1)
}

#[test]
fn no_text_of_a_description_steers_anything() {
    let places = (0..TEXTS.len()).flat_map(|place| EVIL.iter().map(move |evil| (place, evil)));
    suffer_all(places.map(|(place, (name, evil))| {
        (
            format!("text {place} with {name}"),
            described(place, evil),
            expect("class=description, blame=guest"),
        )
    }));
}

#[test]
fn no_text_of_a_description_is_without_end() {
    let long = "x".repeat(1_001);
    suffer_all((0..TEXTS.len()).map(|place| {
        (
            format!("text {place}"),
            described(place, &long),
            expect("class=description, blame=guest"),
        )
    }));
}

#[test]
fn no_identifier_of_a_page_steers_anything() {
    let evil = EVIL.iter().filter(|(name, _)| *name != "bidi");
    suffer_all(evil.map(|(name, evil)| {
        let bytes = guest::that_has(|image| {
            let account = image.account(evil);
            Answers {
                page: Some(image.page(&[account])),
                ..Answers::default()
            }
        });
        (
            (*name).to_owned(),
            bytes,
            expect("class=bad-answer, blame=guest"),
        )
    }));
}

/// Where an account has a text that need not be there.
#[test]
fn no_text_of_a_page_has_a_nul() {
    let places = [
        ("principal-name", 8),
        ("display-name", 28),
        ("given-name", 40),
        ("family-name", 52),
        ("number", 64),
    ];
    suffer_all(places.map(|(name, offset)| {
        let bytes = guest::that_has(|image| {
            let mut account = image.account("u1");
            account[offset..offset + 12].copy_from_slice(&image.some("a\0b"));
            Answers {
                page: Some(image.page(&[account])),
                ..Answers::default()
            }
        });
        (
            name.to_owned(),
            bytes,
            expect("class=bad-answer, blame=guest"),
        )
    }));
}

#[test]
fn what_is_cut_off_is_no_connector() {
    let whole = guest::honest();
    let ends = (0..40)
        .map(|part| whole.len() * part / 40)
        .chain([1, 4, 7, 8, 9, whole.len() - 1]);
    for end in ends {
        let class = match crate::world::sandbox().compile(&whole[..end]) {
            Ok(_) => "ok".to_owned(),
            Err(error) => crate::attack::refused(&error).class,
        };
        // Between two sections it looks whole, and lacks its exports, or only the names of the tools that made it.
        let may_be = ["truncated", "missing-export", "not-wasm", "ok"];
        assert!(
            may_be.contains(&class.as_str()),
            "cut off at {end}: {class}"
        );
        assert!(class != "not-wasm" || end == 0, "cut off at {end}: {class}");
    }
}

/// What looks like machine code that wasmtime compiled: an object file of the operating system 200, of a component.
pub(crate) fn machine_code() -> Vec<u8> {
    let mut elf = vec![0; 4096];
    elf[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\xc8");
    elf[16..24].copy_from_slice(&[1, 0, 62, 0, 1, 0, 0, 0]);
    elf[48] = 2;
    elf[52] = 64;
    elf
}

#[test]
fn what_is_something_else_is_refused() {
    let mut changed = guest::honest();
    let middle = changed.len() / 2;
    changed[middle..middle + 64].fill(0xff);
    let too_large = [b"\0asm".to_vec(), vec![0; 64 << 20]].concat();
    let other_layer = b"\0asm\x0e\0\x02\0".to_vec();
    suffer_all([
        (
            "nothing".into(),
            vec![],
            expect("class=not-wasm, blame=operator"),
        ),
        (
            "zeros".into(),
            vec![0; 1 << 20],
            expect("class=not-wasm, blame=operator"),
        ),
        (
            "machine code".into(),
            machine_code(),
            expect("class=precompiled, blame=operator"),
        ),
        (
            "too large".into(),
            too_large,
            expect("class=too-large, blame=operator"),
        ),
        (
            "of another kind".into(),
            other_layer,
            expect("class=malformed, blame=guest"),
        ),
        (
            "changed in the middle".into(),
            changed,
            expect("class=malformed, blame=guest"),
        ),
    ]);
}

#[test]
fn sections_that_lie_about_their_length_are_refused() {
    let lies = [
        (1 << 20, "class=truncated, blame=operator"),
        (u32::MAX as usize, "class=malformed, blame=guest"),
    ];
    suffer_all(lies.map(|(length, expected)| {
        let bytes = [guest::honest(), vec![1], leb(length), vec![0; 64]].concat();
        (format!("{length} bytes"), bytes, expect(expected))
    }));
}

/// What an application answers is not the connector's doing; if it went to pieces over it, that would be.
#[test]
fn json_as_deep_as_an_answer_may_be_long_breaks_no_connector() {
    let deep = [b"{\"a\":".repeat(100_000), vec![b'['; 8_000_000]];
    suffer_all(deep.into_iter().enumerate().map(|(number, body)| {
        let mut expected = expect("class=contract-violation, blame=upstream");
        expected.answers = Application::With(body);
        // Eight megabytes are honest work, even on a machine that has much else to do.
        expected.limits.cpu_ms = 4_000;
        (
            format!("deep {number}"),
            std::fs::read(connector("jupyterhub")).unwrap(),
            expected,
        )
    }));
}
