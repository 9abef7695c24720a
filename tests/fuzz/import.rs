//! CSV imports. An accepted file round-trips and is stored completely, with correct counts. Of a
//! refused file nothing is stored.

use crate::csv_files::{entitlements_file, people_file};
use crate::harness::{Target, Verdict};
use jiff::civil::{Date, date};
use purser_engine::import::{ImportError, parse_entitlements, parse_people};
use purser_engine::{Compiler, Create, PeopleImportOptions, Purser};
use purser_model::Employment;
use std::cell::RefCell;
use std::collections::HashSet;
use tempfile::TempDir;

#[test]
fn people_file_is_imported_completely_or_not_at_all() {
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
fn entitlements_file_is_imported_completely_or_not_at_all() {
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

/// Day of the imports.
const TODAY: Date = date(2026, 11, 28);

/// A complete file, of which any may follow another.
const COMPLETE: PeopleImportOptions = PeopleImportOptions {
    complete: true,
    accept_shrink: true,
    dry_run: false,
};

/// A home for imports, replaced before it grows large.
struct ImportTarget {
    purser: Purser,
    imports: u32,
    _folder: TempDir,
}

impl ImportTarget {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            purser: Purser::open(
                &folder.path().join("home"),
                Create::IfMissing,
                Compiler::InProcess,
            )
            .unwrap(),
            imports: 0,
            _folder: folder,
        }
    }

    /// Runs a function with a home of limited size.
    fn with_home<T>(work: impl FnOnce(&Purser) -> T) -> T {
        thread_local!(static TARGET: RefCell<Option<ImportTarget>> = const { RefCell::new(None) });
        TARGET.with_borrow_mut(|target| {
            let target = match target {
                Some(target) if target.imports < 100 => target,
                old => old.insert(Self::new()),
            };
            target.imports += 1;
            work(&target.purser)
        })
    }
}

/// Asserts that the counts of added, changed and unchanged rows add up.
fn assert_counts(counts: [u64; 3], rows: usize) {
    assert_eq!(
        counts.iter().sum::<u64>(),
        rows as u64,
        "added, changed, unchanged: {counts:?}"
    );
}

fn people(input: &[u8]) -> Verdict {
    let rows = match parse_people(input, TODAY) {
        Ok(imported) => imported.rows,
        Err(error) => {
            ImportTarget::with_home(|purser| {
                let before = purser.people().list().unwrap();
                assert!(purser.people().import(input, COMPLETE).is_err());
                assert_eq!(
                    purser.people().list().unwrap(),
                    before,
                    "a refused file changed stored rows"
                );
            });
            return refused(input, &error);
        }
    };

    let numbers: HashSet<_> = rows
        .iter()
        .map(|person| person.employee_number.to_lowercase())
        .collect();
    assert_eq!(
        numbers.len(),
        rows.len(),
        "two rows have the same employee number"
    );

    for person in &rows {
        let optional = [
            &person.email,
            &person.user_name,
            &person.department,
            &person.manager,
        ]
        .into_iter()
        .flatten();
        assert_plain(
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
        parse_people(people_file(&rows).as_slice(), TODAY)
            .unwrap()
            .rows,
        rows,
        "the rows do not round-trip"
    );

    ImportTarget::with_home(|purser| {
        let first = purser.people().import(input, COMPLETE).unwrap();
        assert_counts([first.added, first.changed, first.unchanged], rows.len());

        let again = purser.people().import(input, COMPLETE).unwrap();
        assert_counts([0, 0, again.unchanged], rows.len());
        assert_eq!(again.added, 0, "a second import changes rows");
        assert_eq!(again.changed, 0, "a second import changes rows");
        assert_eq!(again.left, 0, "a second import changes rows");

        let known = purser.people().list().unwrap();
        assert!(
            rows.iter().all(|person| known.contains(person)),
            "a row is missing"
        );

        let others = known.iter().filter(|person| !rows.contains(person));
        assert!(
            { others }.all(|person| person.employment != Employment::Employed),
            "a person missing from a complete file is not marked as left"
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
            ImportTarget::with_home(|purser| {
                let before = purser.entitlements().list().unwrap();
                assert!(purser.entitlements().import(input, false).is_err());
                assert_eq!(
                    purser.entitlements().list().unwrap(),
                    before,
                    "a refused file changed stored rows"
                );
            });
            return refused(input, &error);
        }
    };
    for row in &rows {
        assert_plain([&row.reference, &row.application, &row.product]);
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
        "the rows do not round-trip"
    );

    ImportTarget::with_home(|purser| {
        let first = purser.entitlements().import(input, false).unwrap();
        assert_counts([first.added, first.changed, first.unchanged], rows.len());

        let again = purser.entitlements().import(input, false).unwrap();
        assert_eq!(again.added, 0);
        assert_eq!(again.changed, 0);
        assert_eq!(again.unchanged, rows.len() as u64);

        let known = purser.entitlements().list().unwrap();
        assert!(
            rows.iter().all(|row| known.contains(row)),
            "a row is missing"
        );
    });

    let priced = rows.iter().filter(|row| row.unit_cost.is_some()).count();

    Verdict::Accepted(format!(
        "{} rows, {} with a price",
        rows.len().min(4),
        priced.min(2)
    ))
}

/// Checks that the error of a refused file points into the file and can be printed.
fn refused(input: &[u8], error: &ImportError) -> Verdict {
    if let ImportError::Rows { shown, total } = error {
        let is_line_end = |byte: &&u8| matches!(**byte, b'\n' | b'\r');
        let lines = 1 + input.iter().filter(is_line_end).count() as u64;
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

/// Asserts that field texts are non-empty single lines without surrounding space.
fn assert_plain<'t>(texts: impl IntoIterator<Item = &'t String>) {
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
