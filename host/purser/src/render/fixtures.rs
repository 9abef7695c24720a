//! Test values: a run, and the reconciliation of a small company.

use jiff::{SignedDuration, Timestamp, civil::date};
use purser_engine::Reconciliation;
use purser_engine::licensing::{AsOf, Reconciler, Rules};
use purser_model::{
    Account, Blame, Counts, Employment, Entitlement, LastActivity, Outcome, OutcomeClass, Person,
    Run, RunId, RunState, Seat, StreamKind, StreamRun, Term,
};

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(days * 24)
}

fn account(id: &str, product: &str, last_activity: LastActivity) -> Account {
    let seat = Seat {
        product: product.into(),
        assigned_at: Some(days_ago(400)),
        inherited_from: None,
    };
    let number = Some(id.to_owned());
    Account {
        id: id.into(),
        employee_number: number,
        last_activity,
        seats: vec![seat],
        ..Account::default()
    }
}

fn person(number: &str, name: &str, employment: Employment) -> Person {
    Person {
        employee_number: number.into(),
        name: name.into(),
        email: None,
        aliases: Vec::new(),
        user_name: None,
        department: None,
        manager: None,
        employment,
    }
}

/// Returns the reconciliation of profile `boards`.
///
/// Product `pro` has three owned seats at 120 EUR a year and four held seats: Ada's is used, Bo's
/// is not, Cy has left, and one account matches no person. Product `free` has one held seat and
/// none owned.
pub(crate) fn reconciliation() -> Reconciliation {
    let accounts = [
        account("1", "pro", LastActivity::At(days_ago(1))),
        account("2", "pro", LastActivity::At(days_ago(100))),
        account("3", "pro", LastActivity::At(days_ago(2))),
        account("nobody\u{1b}[2J", "pro", LastActivity::Unknown),
        account("1b", "free", LastActivity::Never),
    ];
    let people = [
        person("1", "Ada", Employment::Employed),
        person("2", "Bo", Employment::Employed),
        person("3", "Cy", Employment::Left(Some(date(2026, 2, 1)))),
    ];

    let entitlement = Entitlement {
        reference: "PO-1".into(),
        application: "boards".into(),
        product: "pro".into(),
        quantity: 3,
        unit_cost: Some("10 EUR".parse().unwrap()),
        term: Term::Monthly,
        start: None,
        end: Some(date(2026, 12, 31)),
    };

    let rules = Rules::default();
    let as_of = AsOf {
        now: now(),
        today: date(2026, 3, 1),
    };
    let mut reconciler = Reconciler::new(&people, &[entitlement], &rules, as_of).unwrap();
    let mut boards = reconciler.add_application("boards", &[], &[]);
    for account in &accounts {
        boards.add_account(account);
    }

    reconciler.finish().unwrap()
}

/// Returns run 7 of profile `hub`: complete, or failed with this message by the application's
/// fault.
pub(crate) fn run(failed: Option<&str>) -> Run {
    let counts = Counts {
        pages: 3,
        records: 1200,
        requests: 5,
        retries: 2,
        waited_ms: 1500,
        ..Counts::default()
    };
    let complete = failed.is_none();
    let stream = StreamRun {
        stream: "users".parse().unwrap(),
        kind: StreamKind::Accounts,
        complete,
        resumed: false,
        counts,
    };

    Run {
        id: RunId(7),
        profile: "hub".parse().unwrap(),
        connection: "acme".parse().unwrap(),
        state: if complete {
            RunState::Complete
        } else {
            RunState::Failed
        },
        started_at: now(),
        ended_at: Some(now() + SignedDuration::from_secs(2)),
        parked_until: None,
        outcome: failed.map(|message| Outcome {
            class: OutcomeClass::Transient,
            blame: Blame::Upstream,
            message: message.into(),
            next_step: None,
        }),
        streams: vec![stream],
    }
}
