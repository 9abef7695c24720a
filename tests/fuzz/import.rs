//! CSV files. What is accepted is whole, reads back as itself, and is stored with counts that add up; of what is refused, nothing is kept.

use crate::harness::{Target, Verdict};
use purser_engine::import::{ImportError, parse_entitlements, parse_people};
use purser_engine::{Compiler, Create, Purser};
use purser_model::{Employment, Entitlement, Person, Term};
use std::cell::RefCell;
use std::collections::HashSet;
use tempfile::TempDir;

#[test]
fn people_are_imported_whole_or_not_at_all() {
    Target {
        name: "people",
        rounds: 12_000,
        words: WORDS,
        read: |file| file,
        check: people,
    }
    .run();
}

#[test]
fn entitlements_are_imported_whole_or_not_at_all() {
    Target {
        name: "entitlements",
        rounds: 12_000,
        words: WORDS,
        read: |file| file,
        check: entitlements,
    }
    .run();
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "employee_number", "Employee ID", "name", "email", "aliases", "user_name", "department", "manager", "status",
    "left_on", "E1", "e1", "Ada", "ada@example.com", "a@b;c@d", "active", "left", "terminated", "2026-08-31",
    "2026-02-30", "0000-00-00", "-009999-01-01", "reference", "application", "product", "quantity", "unit_cost",
    "currency", "term", "start", "end", "PO-1", "hub", "seat", "10", "12.50", "EUR", "eur", "XXX", "monthly", "yearly",
    "0", "-0", "100000000", "100000000.01", "79228162514264337593543950335", "0.0000000000000000000000000001", "\"\"",
    "\",\"", "\"\n\"", ",,,,,,,,", "\n\n", ";", "\t", "\u{feff}",
];

/// A home that is used until it has become large.
struct Bench {
    purser: Purser,
    imports: u32,
    _folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            purser: Purser::open(
                &folder.path().join("home"),
                Create::IfMissing,
                Compiler::Here,
            )
            .unwrap(),
            imports: 0,
            _folder: folder,
        }
    }

    /// Does something with a home in which there is not much.
    fn with<T>(work: impl FnOnce(&Purser) -> T) -> T {
        thread_local!(static BENCH: RefCell<Option<Bench>> = const { RefCell::new(None) });
        BENCH.with_borrow_mut(|bench| {
            let bench = match bench {
                Some(bench) if bench.imports < 100 => bench,
                old => old.insert(Self::new()),
            };
            bench.imports += 1;
            work(&bench.purser)
        })
    }
}

/// What was counted, and how many there were to count.
fn add_up(counts: [u64; 3], rows: usize) {
    assert_eq!(
        counts.iter().sum::<u64>(),
        rows as u64,
        "added, changed, unchanged: {counts:?}"
    );
}

fn people(input: &[u8]) -> Verdict {
    let rows = match parse_people(input) {
        Ok(imported) => imported.rows,
        Err(error) => {
            Bench::with(|purser| {
                let before = purser.people().list().unwrap();
                assert!(purser.people().import(input, true).is_err());
                assert_eq!(
                    purser.people().list().unwrap(),
                    before,
                    "some of what was refused was kept"
                );
            });
            return refused(input, &error);
        }
    };
    let numbers: HashSet<_> = rows
        .iter()
        .map(|person| person.employee_number.to_lowercase())
        .collect();
    assert_eq!(numbers.len(), rows.len(), "two people are one");
    for person in &rows {
        let optional = [
            &person.email,
            &person.user_name,
            &person.department,
            &person.manager,
        ]
        .into_iter()
        .flatten();
        plain(
            [&person.employee_number, &person.name]
                .into_iter()
                .chain(optional)
                .chain(&person.aliases),
        );
        assert!(
            person
                .email
                .iter()
                .chain(&person.aliases)
                .all(|address| address.contains('@')),
            "{person:?}"
        );
    }
    assert_eq!(
        parse_people(people_file(&rows).as_slice()).unwrap().rows,
        rows,
        "written again, it is the same"
    );
    Bench::with(|purser| {
        let first = purser.people().import(input, true).unwrap();
        add_up([first.added, first.changed, first.unchanged], rows.len());
        let again = purser.people().import(input, true).unwrap();
        add_up([0, 0, again.unchanged], rows.len());
        assert_eq!(
            (again.added, again.changed, again.left),
            (0, 0, 0),
            "the same file again changes something"
        );
        let known = purser.people().list().unwrap();
        assert!(
            rows.iter().all(|person| known.contains(person)),
            "not all of them are there"
        );
        let others = known.iter().filter(|person| !rows.contains(person));
        assert!(
            { others }.all(|person| person.employment != Employment::Employed),
            "who is not in a complete file has left"
        );
    });
    let left = rows
        .iter()
        .filter(|person| person.employment != Employment::Employed)
        .count();
    Verdict::Accepted(format!(
        "{} people, {} left",
        rows.len().min(4),
        left.min(2)
    ))
}

fn entitlements(input: &[u8]) -> Verdict {
    let rows = match parse_entitlements(input) {
        Ok(imported) => imported.rows,
        Err(error) => {
            Bench::with(|purser| {
                let before = purser.entitlements().list().unwrap();
                assert!(purser.entitlements().import(input).is_err());
                assert_eq!(
                    purser.entitlements().list().unwrap(),
                    before,
                    "some of what was refused was kept"
                );
            });
            return refused(input, &error);
        }
    };
    for row in &rows {
        plain([&row.reference, &row.application, &row.product]);
        assert!(
            row.unit_cost
                .as_ref()
                .is_none_or(|cost| !cost.amount.is_sign_negative() || cost.amount.is_zero()),
            "{row:?}"
        );
        assert!(
            row.start
                .zip(row.end)
                .is_none_or(|(start, end)| start <= end),
            "{row:?}"
        );
    }
    assert_eq!(
        parse_entitlements(entitlements_file(&rows).as_slice())
            .unwrap()
            .rows,
        rows,
        "written again, it is the same"
    );
    Bench::with(|purser| {
        let first = purser.entitlements().import(input).unwrap();
        add_up([first.added, first.changed, first.unchanged], rows.len());
        let again = purser.entitlements().import(input).unwrap();
        assert_eq!(
            (again.added, again.changed, again.unchanged),
            (0, 0, rows.len() as u64)
        );
        let known = purser.entitlements().list().unwrap();
        assert!(
            rows.iter().all(|row| known.contains(row)),
            "not all of them are there"
        );
    });
    let priced = rows.iter().filter(|row| row.unit_cost.is_some()).count();
    Verdict::Accepted(format!(
        "{} rows, {} with a price",
        rows.len().min(4),
        priced.min(2)
    ))
}

/// What is told of a file that is refused is about that file, and can be shown.
fn refused(input: &[u8], error: &ImportError) -> Verdict {
    if let ImportError::Rows { shown, total } = error {
        let lines = 1 + input.iter().filter(|byte| **byte == b'\n').count() as u64;
        assert!(
            !shown.is_empty() && shown.len() as u64 <= *total && shown.len() <= 20,
            "{error}"
        );
        assert!(
            shown.is_sorted_by_key(|row| row.line)
                && shown.iter().all(|row| (1..=lines).contains(&row.line)),
            "{error}"
        );
        assert!(
            shown
                .iter()
                .all(|row| !row.problem.chars().any(char::is_control)),
            "{error:?}"
        );
    }
    assert!(error.to_string().len() < 20_000, "{error}");
    let first = error.to_string().lines().take(2).collect::<String>();
    Verdict::Refused(first)
}

/// Text of a field: something, on one line, without space around it.
fn plain<'t>(texts: impl IntoIterator<Item = &'t String>) {
    for text in texts {
        assert!(
            !text.is_empty()
                && text.trim() == text
                && text.len() <= 8 << 10
                && !text.chars().any(char::is_control),
            "{text:?}"
        );
    }
}

fn people_file(people: &[Person]) -> Vec<u8> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record([
        "employee_number",
        "name",
        "email",
        "aliases",
        "user_name",
        "department",
        "manager",
        "status",
        "left_on",
    ])
    .unwrap();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    for person in people {
        let (status, left_on) = match person.employment {
            Employment::Employed => ("employed", String::new()),
            Employment::Left(on) => ("left", on.map(|day| day.to_string()).unwrap_or_default()),
        };
        let (number, name) = (person.employee_number.clone(), person.name.clone());
        let [email, user, department, manager] = [
            &person.email,
            &person.user_name,
            &person.department,
            &person.manager,
        ]
        .map(text);
        file.write_record([
            number,
            name,
            email,
            person.aliases.join(";"),
            user,
            department,
            manager,
            status.into(),
            left_on,
        ])
        .unwrap();
    }
    file.into_inner().unwrap()
}

fn entitlements_file(rows: &[Entitlement]) -> Vec<u8> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record([
        "reference",
        "application",
        "product",
        "quantity",
        "unit_cost",
        "currency",
        "term",
        "start",
        "end",
    ])
    .unwrap();
    for row in rows {
        let cost = row
            .unit_cost
            .as_ref()
            .map(|cost| (cost.amount.to_string(), cost.currency.code().to_owned()));
        let (amount, currency) = cost.unwrap_or_default();
        let term = if row.term == Term::Monthly {
            "monthly"
        } else {
            "yearly"
        };
        let day =
            |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let fields = [
            row.reference.clone(),
            row.application.clone(),
            row.product.clone(),
            row.quantity.to_string(),
            amount,
            currency,
        ];
        file.write_record(fields.into_iter().chain([
            term.to_owned(),
            day(row.start),
            day(row.end),
        ]))
        .unwrap();
    }
    file.into_inner().unwrap()
}
