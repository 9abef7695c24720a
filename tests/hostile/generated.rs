//! Attacks that are too large for a file, or that differ in one place only.

use crate::attack::run_attack;
use crate::bomb_builders::leb;
use crate::expectation::Expectation;
use crate::fake_host::Upstream;
use crate::guest::{self, ResultAddresses};
use crate::image::TEXTS;
use purser_tests::connector;

fn expect(text: &str) -> Expectation {
    Expectation::parse(&format!(";; expect: {text}, memory=64, seconds=8")).unwrap()
}

/// Runs all attacks, and fails with the list of violated expectations.
fn run_all(attacks: impl IntoIterator<Item = (String, Vec<u8>, Expectation)>) {
    let outcomes = attacks.into_iter().map(|(name, bytes, expected)| {
        println!("{name}");
        run_attack(|| bytes, &expected)
            .err()
            .map(|why| format!("{name}: {why}"))
    });

    let wrong: Vec<_> = outcomes.flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Texts that control a terminal, forge a line, or reorder what is read.
const CONTROL_TEXTS: [(&str, &str); 5] = [
    ("ansi", "a\u{1b}[2J"),
    ("c1", "a\u{9b}2J"),
    ("bidi", "a\u{202e}b"),
    ("line", "a\nerror: b"),
    ("nul", "a\0b"),
];

/// Builds a connector with this text at this position of its description.
fn with_description_text(place: usize, text: &str) -> Vec<u8> {
    guest::honest_except(|image| {
        let mut texts = TEXTS;
        texts[place] = text;
        ResultAddresses {
            description: Some(image.description(&texts)),
            ..ResultAddresses::default()
        }
    })
}

/// Builds a connector whose publisher would clear the terminal.
pub(crate) fn with_control_character() -> Vec<u8> {
    with_description_text(0, CONTROL_TEXTS[0].1)
}

#[test]
fn description_text_with_control_characters_is_refused() {
    let places =
        (0..TEXTS.len()).flat_map(|place| CONTROL_TEXTS.iter().map(move |text| (place, text)));
    run_all(places.map(|(place, (name, text))| {
        (
            format!("text {place} with {name}"),
            with_description_text(place, text),
            expect("class=description, blame=guest"),
        )
    }));
}

#[test]
fn description_text_over_the_length_limit_is_refused() {
    let long = "x".repeat(1_001);
    run_all((0..TEXTS.len()).map(|place| {
        (
            format!("text {place}"),
            with_description_text(place, &long),
            expect("class=description, blame=guest"),
        )
    }));
}

#[test]
fn account_id_with_control_characters_costs_its_row() {
    let text = CONTROL_TEXTS.iter().filter(|(name, _)| *name != "bidi");
    run_all(text.map(|(name, text)| {
        let bytes = guest::honest_except(|image| {
            let account = image.account(text);
            ResultAddresses {
                page: Some(image.page(&[account])),
                ..ResultAddresses::default()
            }
        });

        ((*name).to_owned(), bytes, expect("class=ok"))
    }));
}

/// Covers the optional texts of an account, by their offset in memory.
#[test]
fn account_text_with_nul_costs_the_field() {
    let places = [
        ("principal-name", 8),
        ("display-name", 28),
        ("given-name", 40),
        ("family-name", 52),
        ("number", 64),
    ];
    run_all(places.map(|(name, offset)| {
        let bytes = guest::honest_except(|image| {
            let mut account = image.account("u1");
            account[offset..offset + 12].copy_from_slice(&image.some("a\0b"));
            ResultAddresses {
                page: Some(image.page(&[account])),
                ..ResultAddresses::default()
            }
        });

        (name.to_owned(), bytes, expect("class=ok"))
    }));
}

#[test]
fn truncated_component_is_refused_at_every_length() {
    let whole = guest::honest();
    let ends = (0..40)
        .map(|part| whole.len() * part / 40)
        .chain([1, 4, 7, 8, 9, whole.len() - 1]);

    for end in ends {
        let class = match crate::fake_host::sandbox().compile(&whole[..end]) {
            Ok(_) => "ok".to_owned(),
            Err(error) => crate::attack::refused(&error).class,
        };

        // A cut between two sections looks complete, but lacks exports or only the producers
        // section.
        let may_be = ["truncated", "missing-export", "not-wasm", "ok"];
        assert!(
            may_be.contains(&class.as_str()),
            "cut off at {end}: {class}"
        );
        assert!(class != "not-wasm" || end == 0, "cut off at {end}: {class}");
    }
}

/// Builds a file that looks like machine code of wasmtime: an ELF file with its OS ABI 200, for a
/// component.
pub(crate) fn machine_code() -> Vec<u8> {
    let mut elf = vec![0; 4096];
    elf[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\xc8");
    elf[16..24].copy_from_slice(&[1, 0, 62, 0, 1, 0, 0, 0]);
    elf[48] = 2;
    elf[52] = 64;

    elf
}

#[test]
fn bytes_of_other_formats_are_refused() {
    let mut changed = guest::honest();
    let middle = changed.len() / 2;
    changed[middle..middle + 64].fill(0xff);

    let too_large = [b"\0asm".to_vec(), vec![0; 64 << 20]].concat();
    let other_layer = b"\0asm\x0e\0\x02\0".to_vec();
    run_all([
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
fn section_with_a_false_length_is_refused() {
    let lies = [
        (1 << 20, "class=truncated, blame=operator"),
        (u32::MAX as usize, "class=malformed, blame=guest"),
    ];
    run_all(lies.map(|(length, expected)| {
        let bytes = [guest::honest(), vec![1], leb(length), vec![0; 64]].concat();
        (format!("{length} bytes"), bytes, expect(expected))
    }));
}

/// A malformed response is the application's fault; a crash caused by it would be the connector's.
#[test]
fn deeply_nested_json_is_blamed_on_the_application() {
    let deep = [b"{\"a\":".repeat(100_000), vec![b'['; 8_000_000]];
    run_all(deep.into_iter().enumerate().map(|(number, body)| {
        let mut expected = expect("class=contract-violation, blame=upstream");
        expected.upstream = Upstream::Respond(body);

        // Eight megabytes take honest time to parse, even more on a busy machine.
        expected.limits.cpu_ms = 4_000;
        (
            format!("deep {number}"),
            std::fs::read(connector("jupyterhub")).unwrap(),
            expected,
        )
    }));
}
