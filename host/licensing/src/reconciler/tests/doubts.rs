//! Facts that are implausible, contradictory, unreadable or old.

use super::*;
use jiff::ToSpan as _;
use purser_model::{Email, Employment, LastActivity, ReadState};

fn at(text: &str) -> LastActivity {
    LastActivity::At(text.parse().unwrap())
}

/// Returns each candidate's account with the texts of its attention.
fn attention_texts(result: &Reconciliation) -> Vec<(&str, String)> {
    let texts = |attention: &[Attention]| {
        let texts: Vec<_> = attention.iter().map(ToString::to_string).collect();
        texts.join("; ")
    };

    result
        .candidates
        .iter()
        .map(|candidate| (candidate.account.as_str(), texts(&candidate.attention)))
        .collect()
}

#[test]
fn use_at_a_placeholder_is_unknown_and_never_waste() {
    let placeholders = [
        "0001-01-01T00:00:00Z",
        "1601-01-01T00:00:00Z",
        "1899-12-30T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2001-01-01T00:00:00Z",
        "9999-12-30T00:00:00Z",
    ];
    let input = HubInput {
        accounts: placeholders
            .iter()
            .enumerate()
            .map(|(id, text)| seat_account(&format!("E{id}"), at(text)))
            .collect(),
        people: numbered_people(placeholders.len()),
        ..HubInput::default()
    };

    let result = input.reconcile();

    let position = result.position("hub", "seat").unwrap();
    assert_eq!((position.unknown, position.reclaimable), (6, 0));
    assert_eq!(attention_texts(&result), []);
}

#[test]
fn use_before_the_creation_is_unknown_even_if_another_source_says_never() {
    let mut input = HubInput {
        accounts: vec![seat_account("E0", used_days_ago(900)).with_creation(days_ago(300))],
        people: numbered_people(1),
        ..HubInput::default()
    };
    let is_unknown = |input: &HubInput| {
        let result = input.reconcile();
        result.position("hub", "seat").unwrap().unknown == 1 && result.candidates.is_empty()
    };
    assert!(is_unknown(&input));

    input.activity.push(Activity {
        account: "E0".into(),
        product: None,
        last_activity: LastActivity::Never,
    });

    assert!(is_unknown(&input));
}

#[test]
fn use_in_the_future_does_not_end_the_activity_gap() {
    let idle = |id: usize| seat_account(&format!("E{id}"), used_days_ago(70));
    let mut input = HubInput {
        accounts: (0..15).map(idle).collect(),
        people: numbered_people(17),
        ..HubInput::default()
    };
    let is_frozen = |result: &Reconciliation| {
        let frozen = "the application shows no activity of any person since 2026-09-14";
        attention_texts(result)
            .iter()
            .all(|(_, text)| text == frozen)
    };
    assert!(is_frozen(&input.reconcile()));

    input
        .accounts
        .push(seat_account("E15", at("2099-01-01T00:00:00Z")));
    input.activity.push(Activity {
        account: "E16".into(),
        product: None,
        last_activity: at("2026-11-25T12:00:00Z"),
    });
    input
        .accounts
        .push(seat_account("E16", LastActivity::Unknown));

    let result = input.reconcile();

    assert_eq!(result.candidates.len(), 15);
    assert!(is_frozen(&result), "{:?}", attention_texts(&result));
}

#[test]
fn use_in_the_future_contradicts_never() {
    let future = at("2099-01-01T00:00:00Z");
    let record = |last_activity| Activity {
        account: "E0".into(),
        product: None,
        last_activity,
    };

    for (of_account, of_stream) in [(LastActivity::Never, future), (future, LastActivity::Never)] {
        let input = HubInput {
            accounts: vec![seat_account("E0", of_account)],
            activity: vec![record(of_stream)],
            people: numbered_people(1),
            ..HubInput::default()
        };

        let result = input.reconcile();

        assert_eq!(result.position("hub", "seat").unwrap().unknown, 1);
        assert!(result.candidates.is_empty());
    }
}

#[test]
fn implausible_creation_gives_no_grace_and_no_day() {
    let created =
        |text: &str| seat_account("E0", LastActivity::Never).with_creation(text.parse().unwrap());

    for text in ["9999-12-30T00:00:00Z", "0001-01-01T00:00:00Z"] {
        let input = HubInput {
            accounts: vec![created(text)],
            people: numbered_people(1),
            ..HubInput::default()
        };

        let result = input.reconcile();

        assert_eq!(
            result.candidates[0].evidence,
            "never used, held since an unknown day"
        );
        assert_eq!(result.candidates[0].idle_since, None);
    }
}

#[test]
fn account_with_main_addresses_of_two_people_is_never_ready() {
    let main = |address: &str| Email {
        address: address.into(),
        primary: true,
    };
    let input = HubInput {
        accounts: vec![Account {
            emails: vec![main("p2@example.com"), main("p1@example.com")],
            ..account("u1")
                .with_activity(used_days_ago(1))
                .with_seat("seat")
        }],
        people: vec![
            person("E1").with_email("p1@example.com"),
            person("E2")
                .with_email("p2@example.com")
                .who_left_on("2026-01-01"),
        ],
        ..HubInput::default()
    };

    let result = input.reconcile();

    assert_eq!(
        attention_texts(&result),
        [("u1", "several people may hold the account".to_owned())]
    );
    assert!(!result.candidates[0].reclaimable);
}

#[test]
fn account_of_a_leaver_whose_address_a_colleague_has_now_is_not_ready() {
    let input = HubInput {
        accounts: vec![
            account("u1")
                .with_emails(&["ada@example.com"])
                .with_activity(used_days_ago(100))
                .with_seat("seat"),
        ],
        people: vec![
            person("E1")
                .with_email("ada@example.com")
                .who_left_on("2026-10-01"),
            person("E2")
                .with_email("bo@example.com")
                .with_alias("ada@example.com"),
        ],
        ..HubInput::default()
    };

    assert_eq!(
        attention_texts(&input.reconcile()),
        [("u1", "other evidence names E2".to_owned())]
    );
}

#[test]
fn idle_seat_of_a_person_with_contradictory_employment_is_not_ready() {
    let unclear = |number: &str, day: Option<&str>| Person {
        employment: Employment::Unclear(day.map(|day| day.parse().unwrap())),
        ..person(number)
    };
    let input = HubInput {
        accounts: vec![
            seat_account("E1", used_days_ago(1)),
            seat_account("E2", used_days_ago(90)),
            seat_account("E3", used_days_ago(80)),
        ],
        people: vec![
            unclear("E1", Some("2023-04-30")),
            unclear("E2", Some("2023-04-30")),
            unclear("E3", None),
        ],
        ..HubInput::default()
    };

    let result = input.reconcile();

    assert_eq!(
        attention_texts(&result),
        [
            (
                "E2",
                "the directory calls the holder employed and reports 2023-04-30 as the day of \
                 leaving"
                    .to_owned()
            ),
            (
                "E3",
                "the directory does not say whether the holder is employed".to_owned()
            ),
        ]
    );
    assert_eq!(
        notice_texts(&result),
        [
            "the directory contradicts itself about the employment of 3 people, who count as employed"
        ]
    );
}

#[test]
fn leavers_account_that_was_used_after_that_is_not_ready() {
    let left = |number: &str, day: Option<&str>| Person {
        employment: Employment::Left(day.map(|day| day.parse().unwrap())),
        ..person(number)
    };
    let input = HubInput {
        accounts: vec![
            seat_account("E1", used_days_ago(3)),
            seat_account("E2", used_days_ago(2)),
            seat_account("E3", used_days_ago(2)),
            seat_account("E4", used_days_ago(90)),
            seat_account("E5", LastActivity::Unknown),
        ],
        people: vec![
            left("E1", Some("2026-11-18")),
            left("E2", Some("2026-11-20")),
            left("E3", None),
            left("E4", None),
            left("E5", Some("2026-11-18")),
        ],
        ..HubInput::default()
    };

    let result = input.reconcile();

    let texts: BTreeMap<_, _> = attention_texts(&result).into_iter().collect();
    let used = "it was used after the holder left, on 2026-11-2";
    assert_eq!(texts["E1"], format!("{used}0"));
    assert_eq!(texts["E2"], "", "on the day after, in another time zone");
    assert_eq!(texts["E3"], format!("{used}1"));
    assert_eq!((texts["E4"].as_str(), texts["E5"].as_str()), ("", ""));
}

#[test]
fn unreadable_fields_hold_a_candidate_unless_they_are_names() {
    let warned = |id: &str, warning: &str| Account {
        warnings: vec![warning.to_owned()],
        ..seat_account(id, used_days_ago(90))
    };
    let input = HubInput {
        accounts: vec![
            warned("E0", "active is neither true nor false"),
            warned("E1", "displayName is a list"),
            warned("E2", "name.familyName: half a surrogate"),
            warned("E3", "emails: an entry is a number"),
        ],
        people: numbered_people(4),
        ..HubInput::default()
    };

    assert_eq!(
        attention_texts(&input.reconcile()),
        [
            (
                "E0",
                "fields could not be read: active is neither true nor false".to_owned()
            ),
            ("E1", String::new()),
            ("E2", String::new()),
            (
                "E3",
                "fields could not be read: emails: an entry is a number".to_owned()
            ),
        ]
    );
}

fn reconcile_read(state: &ReadState, accounts: &[(Account, bool)]) -> Reconciliation {
    let people = numbered_people(20);
    let rules = Rules::default();
    let mut reconciler = Reconciler::new(&people, &[], &rules, as_of()).unwrap();
    let mut hub = reconciler
        .add_application("hub", &[], &[])
        .with_connection("c")
        .with_read_state(state);
    for (account, is_missing) in accounts {
        if *is_missing {
            hub.add_missing_account(account, days_ago(1));
        } else {
            hub.add_account(account);
        }
    }

    reconciler.finish().unwrap()
}

#[test]
fn idleness_counts_until_the_read_and_an_old_read_is_never_acted_on() {
    let state = ReadState {
        complete_at: Some(days_ago(100)),
        ..ReadState::default()
    };
    // In use at the time of the read, ten of them on its very day: no gap either.
    let mut accounts: Vec<_> = (0..10)
        .map(|id| (seat_account(&format!("E{id}"), used_days_ago(100)), false))
        .collect();
    accounts.push((seat_account("E10", used_days_ago(150)), false));
    accounts.push((seat_account("E11", used_days_ago(165)), false));
    let new = seat_account("E12", LastActivity::Never).with_creation(days_ago(120));
    accounts.push((new, false));

    let result = reconcile_read(&state, &accounts);

    assert_eq!(
        attention_texts(&result),
        [("E11", "it was last read on 2026-08-15".to_owned())]
    );
    assert_eq!(
        result.candidates[0].evidence,
        "last used 2026-06-11, 65 days ago; rule: inactive 60 days"
    );
    assert_eq!(
        notice_texts(&result),
        ["hub (through c): last read completely on 2026-08-15, 100 days ago"]
    );
}

#[test]
fn fresh_read_says_nothing() {
    let state = ReadState {
        complete_at: Some(as_of().now - 47.hours()),
        ..ReadState::default()
    };

    let result = reconcile_read(&state, &[(seat_account("E1", used_days_ago(90)), false)]);

    assert_eq!(attention_texts(&result), [("E1", String::new())]);
    assert_eq!(notice_texts(&result), Vec::<String>::new());
}

#[test]
fn loss_of_a_read_becomes_notices_and_a_missing_account_is_never_ready() {
    let state = ReadState {
        complete_at: None,
        incomplete: vec!["members".parse().unwrap(), "users".parse().unwrap()],
        rejected: 4,
        with_warnings: 2,
        missing: 1,
    };

    let result = reconcile_read(&state, &[(seat_account("E1", used_days_ago(90)), true)]);

    assert_eq!(
        attention_texts(&result),
        [(
            "E1",
            "the application no longer lists it since 2026-11-22".to_owned()
        )]
    );
    assert_eq!(
        notice_texts(&result),
        [
            "hub (through c): the last read of members, users is not complete, so accounts may be \
             missing here; none was complete so far",
            "hub (through c): the last read rejected 4 rows, whose accounts are missing here or \
             as an earlier read reported them",
            "hub (through c): 2 accounts have fields that could not be read",
            "hub (through c): 1 accounts were not in the last complete read; they count until a \
             second read confirms that they are gone",
        ]
    );
}

#[test]
fn published_application_that_was_not_read_is_said() {
    let rules = Rules::default();
    let mut reconciler = Reconciler::new(&[], &[], &rules, as_of()).unwrap();
    reconciler.add_unread("hub");

    let result = reconciler.finish().unwrap();

    assert_eq!(notice_texts(&result), ["hub: not read yet"]);
}

#[test]
fn numbers_that_differ_by_leading_zeros_do_not_match_and_are_noticed() {
    let input = HubInput {
        accounts: vec![
            seat_account("00077", used_days_ago(1)),
            seat_account("77", used_days_ago(1)),
            seat_account("x77", used_days_ago(1)),
            seat_account("123", used_days_ago(1)),
        ],
        people: vec![person("77"), person("0123"), person("E77")],
        ..HubInput::default()
    };

    let result = input.reconcile();

    assert_eq!(result.matches.matched, 1);
    assert_eq!(
        notice_texts(&result),
        [
            "hub: 2 accounts match no person, and their employee numbers differ from some in the \
          directory by leading zeros only; import the numbers as text"
        ]
    );
}
