//! Sample values of everything that `--json` prints, with as many fields set as possible.

use jiff::Timestamp;
use purser_engine::{
    AccountView, AliasView, CheckReport, Checked, Connected, ConnectionView, ConnectorIdentity,
    ConnectorView, Difference, DifferenceKind, DifferenceView, EntitlementsImported, Granted,
    IncompatibleProfile, Inspected, KeyRotated, LogLine, MovedProfile, PeopleImported, Policy,
    Previous, ProfileView, PublisherKey, PublisherView, RejectedRowView, ReplayReport, RolledBack,
    RunDetail, SignatureStatus, StreamReplay, Template, Uploaded,
};
use purser_model::*;
use std::fmt::Debug;
use std::str::FromStr;

/// Parses text that a test spells out.
pub(super) fn parsed<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn at() -> Timestamp {
    parsed("2026-03-01T12:00:00Z")
}

fn digest() -> Digest {
    parsed(&format!("sha256:{}", "ab".repeat(32)))
}

pub(super) fn outcome() -> Outcome {
    Outcome {
        class: OutcomeClass::AuthRejected,
        blame: Blame::Operator,
        message: "the credential was refused".into(),
        next_step: Some(NextStep::AuthorizeConnection {
            connection: parsed("acme"),
        }),
    }
}

pub(super) fn run() -> Run {
    Run {
        id: RunId(7),
        profile: parsed("hub"),
        connection: parsed("acme"),
        state: RunState::Parked,
        started_at: at(),
        ended_at: None,
        parked_until: Some(at()),
        outcome: Some(outcome()),
        streams: vec![StreamRun {
            stream: parsed("users"),
            kind: StreamKind::Accounts,
            complete: false,
            resumed: true,
            counts: Counts {
                pages: 1,
                records: 2,
                rejected: 3,
                requests: 4,
                retries: 5,
                waited_ms: 6,
                removed: 7,
                repeated: 1,
                with_warnings: 9,
                missing: 10,
            },
        }],
    }
}

pub(super) fn rejected() -> Vec<RejectedRowView> {
    vec![RejectedRowView {
        stream: parsed("users"),
        row: RejectedRow {
            id: None,
            row: "u1".into(),
            reason: "no id".into(),
        },
    }]
}

pub(super) fn run_detail() -> RunDetail {
    RunDetail {
        run: run(),
        log: vec![LogLine {
            at: at(),
            level: "info".into(),
            text: "hello".into(),
        }],
        rejected: rejected(),
    }
}

pub(super) fn connection() -> Connection {
    Connection {
        name: parsed("acme"),
        alias: parsed("hubs"),
        base_url: parsed("https://hub.example/api"),
        template: parsed("api-key-header"),
        fields: [(parsed("header"), "authorization".to_owned())].into(),
        private_network: true,
        state: ConnectionState::NeedsAttention,
        created_at: at(),
        last_success_at: Some(at()),
        attention: Some("the credential was refused".into()),
        identity: Some("ada".into()),
        tenant: Some("Acme".into()),
        token: Some(TokenFacts {
            generation: 3,
            obtained_at: at(),
            expires_at: Some(at()),
            authorized_until: None,
            missing_scopes: vec!["users.read".into()],
        }),
    }
}

pub(super) fn connection_view() -> ConnectionView {
    ConnectionView {
        connection: connection(),
        advice: vec![NextStep::TestConnection {
            connection: parsed("acme"),
        }],
    }
}

pub(super) fn connected() -> Connected {
    Connected {
        connection: connection(),
        checks: vec![
            Checked {
                action: Action::Read(parsed("users")),
                result: Ok(CheckReport {
                    identity: Some("ada".into()),
                    tenant: Some("Acme".into()),
                    warnings: vec!["slow".into()],
                }),
            },
            Checked {
                action: Action::Reclaim(ReclaimMode::Suspend),
                result: Err(outcome()),
            },
        ],
        advice: vec![NextStep::advice("keep one of them")],
    }
}

pub(super) fn description() -> Description {
    Description {
        name: parsed("jupyterhub"),
        version: parsed("0.2.0"),
        publisher: "Acme".into(),
        application: "JupyterHub".into(),
        summary: "Reads users.".into(),
        templates: vec!["bearer".into()],
        settings: vec![SettingField {
            name: parsed("page-size"),
            title: "Page size".into(),
            help: "Users a page.".into(),
            kind: SettingType::Choice(vec!["a".into(), "b".into()]),
            required: false,
            default: Some(SettingValue::Integer(100)),
        }],
        streams: vec![DataStream {
            name: parsed("users"),
            title: "Users".into(),
            kind: StreamKind::Accounts,
            reports_activity: true,
            incremental: false,
            per_account: false,
        }],
        reclaims: vec![ReclaimOffer {
            mode: ReclaimMode::Downgrade,
            summary: "Gives the free plan.".into(),
            reversible: true,
            floor_product: Some("free".into()),
        }],
        requests: vec![requested()],
        rate: Some(RateHint {
            requests: 10,
            per: 1000,
        }),
        rate_limit_responses: vec![RateLimitResponse {
            status: 403,
            body_has: Some("rate limit".into()),
        }],
    }
}

fn requested() -> RequestedAccess {
    RequestedAccess {
        action: Action::Read(parsed("users")),
        methods: vec![Method::Get],
        host: Some(parsed("cdn.example")),
        path: parsed("/users"),
        reason: "To list users.".into(),
    }
}

fn grant() -> Grant {
    Grant {
        rules: vec![
            parsed("check GET /info"),
            parsed("read:users GET,HEAD cdn.example/users"),
        ],
        limits: Limits {
            pages: 5,
            ..Limits::default()
        },
    }
}

pub(super) fn connector_view() -> ConnectorView {
    ConnectorView {
        description: description(),
        digest: digest(),
        size: 1234,
        uploaded_at: at(),
        grant: Some(grant()),
        missing: vec![requested()],
        disabled_at: Some(at()),
        signed_by: Some(parsed("acme")),
        latest: true,
        profiles: vec![parsed("hub")],
    }
}

pub(super) fn inspected() -> Inspected {
    Inspected {
        digest: digest(),
        size: 1234,
        description: description(),
    }
}

pub(super) fn uploaded() -> Uploaded {
    Uploaded {
        connector: connector_view(),
        signature: SignatureStatus::Trusted {
            publisher: parsed("acme"),
        },
        already_there: false,
        previous: Some(Previous {
            version: parsed("0.1.0"),
            digest: digest(),
            changes: vec![FieldChange {
                kind: ChangeKind::Stream,
                name: "users".into(),
                before: None,
                after: Some("accounts: Users".into()),
            }],
        }),
    }
}

pub(super) fn granted() -> Granted {
    Granted {
        connector: connector_view(),
        difference: Some(DifferenceView {
            version: parsed("0.1.0"),
            digest: digest(),
            difference: GrantDiff {
                added: vec![parsed("check GET /info")],
                removed: vec![parsed("check GET /old")],
                limits: vec![("pages".into(), 1, 5)],
            },
        }),
        moved: vec![moved()],
        stayed: vec![stayed()],
    }
}

fn moved() -> MovedProfile {
    MovedProfile {
        profile: parsed("hub"),
        from: digest(),
    }
}

fn stayed() -> IncompatibleProfile {
    IncompatibleProfile {
        profile: parsed("lab"),
        why: "setting page-size is required".into(),
    }
}

pub(super) fn rolled_back() -> RolledBack {
    RolledBack {
        connector: connector_view(),
        moved: vec![moved()],
        stayed: vec![stayed()],
    }
}

pub(super) fn policy() -> Policy {
    Policy {
        require_signature: true,
        blocked_profiles: vec![parsed("hub")],
    }
}

const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

pub(super) fn uploaded_with_unknown_key() -> Uploaded {
    Uploaded {
        signature: SignatureStatus::Unknown {
            key: parsed::<PublisherKey>(KEY).id().unwrap(),
        },
        already_there: true,
        previous: None,
        ..uploaded()
    }
}

pub(super) fn publisher() -> PublisherView {
    PublisherView {
        name: parsed("acme"),
        key: KEY.into(),
        key_id: parsed::<PublisherKey>(KEY).id(),
        trusted_at: at(),
        connectors: vec!["jupyterhub 0.2.0".into()],
    }
}

pub(super) fn alias() -> AliasView {
    AliasView {
        name: parsed("hubs"),
        application: "JupyterHub".into(),
        retry: RetryPolicy::default(),
        connections: vec![parsed("acme")],
    }
}

pub(super) fn profile() -> ProfileView {
    ProfileView {
        profile: Profile {
            name: parsed("hub"),
            display_name: "JupyterHub".into(),
            connector: parsed("jupyterhub"),
            digest: digest(),
            alias: parsed("hubs"),
            settings: [
                ("page-size".to_owned(), SettingValue::Integer(100)),
                ("quick".to_owned(), SettingValue::Boolean(true)),
                ("team".to_owned(), SettingValue::Text("a".into())),
            ]
            .into(),
            state: ProfileState::Published,
            created_at: at(),
        },
        needs_attention: vec![parsed("acme")],
        paused: true,
    }
}

pub(super) fn account() -> AccountView {
    AccountView {
        connection: parsed("acme"),
        account: Account {
            id: "1".into(),
            principal_name: Some("ada".into()),
            emails: vec![Email {
                address: "ada@x".into(),
                primary: true,
            }],
            display_name: Some("Ada L".into()),
            given_name: Some("Ada".into()),
            family_name: Some("L".into()),
            employee_number: Some("E1".into()),
            kind: AccountKind::Human,
            status: AccountStatus::Active,
            created_at: Some(at()),
            last_activity: LastActivity::At(at()),
            seats: vec![Seat {
                product: "pro".into(),
                assigned_at: Some(at()),
                inherited_from: Some("staff".into()),
            }],
            attributes: vec![("team".into(), "x".into())],
            warnings: vec!["title: 5 is no text".into()],
        },
        missing_since: Some(at()),
    }
}

pub(super) fn people() -> Vec<Person> {
    let person = |employment| Person {
        employee_number: "E1".into(),
        name: "Ada".into(),
        email: Some("ada@x".into()),
        aliases: vec!["a@x".into()],
        user_name: Some("ada".into()),
        department: Some("R".into()),
        manager: Some("E2".into()),
        employment,
    };
    vec![
        person(Employment::Employed),
        person(Employment::Left(None)),
        person(Employment::Left(Some(parsed("2026-02-01")))),
        person(Employment::Unclear(Some(parsed("2023-04-30")))),
    ]
}

pub(super) fn people_imported() -> PeopleImported {
    PeopleImported {
        dry_run: true,
        added: 1,
        changed: 2,
        unchanged: 3,
        left: 4,
        leavers: vec![("E1".into(), "Ada".into())],
        reinstated: 5,
        ignored_columns: vec!["shoe_size".into()],
        notes: import_notes(),
    }
}

fn import_notes() -> purser_engine::import::Notes {
    use purser_engine::import::{Note, Notes};
    Notes {
        shown: vec![
            Note {
                line: Some(2),
                column: Some("email"),
                text: "\"<a@x>\" is read as \"a@x\"".into(),
            },
            Note {
                line: None,
                column: None,
                text: "is UTF-16, and was read as such".into(),
            },
        ],
        total: 3,
    }
}

pub(super) fn entitlement() -> Entitlement {
    Entitlement {
        reference: "PO-1".into(),
        application: "boards".into(),
        product: "pro".into(),
        quantity: 3,
        unit_cost: Some(parsed("12.50 EUR")),
        term: Term::Monthly,
        start: None,
        end: Some(parsed("2026-12-31")),
    }
}

pub(super) fn entitlements_imported() -> EntitlementsImported {
    EntitlementsImported {
        dry_run: false,
        added: 1,
        changed: 2,
        unchanged: 3,
        ignored_columns: vec!["colour".into()],
        notes: import_notes(),
    }
}

pub(super) fn template() -> Template {
    Template::parse(
        "name = 'acme'\ntitle = 'Acme'\nsummary = 'Signs.'\nlike = ['bearer']\nhosts = ['*.acme.example']\n\
         [[fields]]\nname = 'token'\ntitle = 'Token'\nhelp = 'H.'\nsecret = true\n\
         [[fields]]\nname = 'region'\ntitle = 'Region'\nhelp = ''\nrequired = false\ndefault = 'eu'\nchoices = ['eu', 'us']\n\
         [[sign.headers]]\nname = 'x-token'\nvalue = '{token} {region}'\n",
    )
    .unwrap()
}

pub(super) fn key_rotated() -> KeyRotated {
    KeyRotated {
        secrets: 3,
        key_file: "/home/vault.key".into(),
        to_be_installed: false,
    }
}

pub(super) fn replayed() -> ReplayReport {
    let identity = || ConnectorIdentity {
        name: parsed("jupyterhub"),
        version: parsed("0.2.0"),
        digest: digest(),
    };
    ReplayReport {
        connector: identity(),
        recorded_with: identity(),
        recorded_by: parsed("0.1.0"),
        recorded_at: at(),
        recorded_end: "complete".into(),
        cut_off: false,
        compares_rows: true,
        other_limits: vec![("pages".into(), 1, 5)],
        streams: vec![StreamReplay {
            stream: parsed("users"),
            calls: 1,
            left_out: 2,
            records: 3,
            rejected: 4,
            unused: 5,
            differences: vec![Difference {
                call: Some(1),
                kind: DifferenceKind::Records,
                recorded: "3".into(),
                replayed: "4".into(),
            }],
            more_differences: 6,
        }],
        same: false,
    }
}

pub(super) fn candidate() -> purser_engine::licensing::Candidate {
    use purser_engine::licensing::{Attention, Candidate, CandidateState, Finding, Holder};
    let reconciled = crate::render::fixtures::reconciliation();
    let matched_by = reconciled
        .candidates
        .into_iter()
        .find_map(|candidate| Some(candidate.person?.matched_by))
        .unwrap();
    Candidate {
        application: "boards".into(),
        connection: Some("acme".into()),
        product: "pro".into(),
        account: "1".into(),
        principal_name: Some("ada".into()),
        display_name: Some("Ada".into()),
        person: Some(Holder {
            employee_number: "E1".into(),
            name: "Ada".into(),
            department: Some("R".into()),
            manager: Some("E2".into()),
            matched_by,
        }),
        state: CandidateState::AttentionRequired,
        attention: vec![
            Attention::NoOwner,
            Attention::SeveralOwners,
            Attention::ContradictoryEvidence {
                people: vec!["E2".into()],
            },
            Attention::EmploymentUnclear {
                left_on: Some(parsed("2023-04-30")),
            },
            Attention::UsedAfterLeaving { at: at() },
            Attention::ServiceAccount,
            Attention::Excluded {
                pattern: "svc-*".into(),
            },
            Attention::ActivityFrozen { since: at() },
            Attention::UnreadableFields {
                warnings: vec!["active is neither true nor false".into()],
            },
            Attention::Missing { since: at() },
            Attention::OldRead { at: at() },
            Attention::Inherited {
                group: "staff".into(),
            },
        ],
        findings: vec![
            Finding::Leaver {
                employee_number: "E1".into(),
                name: "Ada".into(),
                left_on: Some(parsed("2026-02-01")),
            },
            Finding::Inactive {
                since: at(),
                days: 70,
                rule_days: 60,
            },
            Finding::NeverUsed {
                held_since: Some(at()),
            },
            Finding::Unmatched {
                mapped_to: Some("E9".into()),
            },
            Finding::Ambiguous {
                people: vec!["E1".into()],
                value: "ada@x".into(),
            },
            Finding::ActivityUnknown,
        ],
        evidence: "left on 2026-02-01".into(),
        reclaimable: true,
        idle_since: Some(at()),
        yearly_saving: Some(parsed("120 EUR")),
    }
}

pub(super) fn notices() -> Vec<purser_engine::licensing::Notice> {
    use purser_engine::licensing::Notice;
    vec![
        Notice::ActivityUnknown {
            application: "boards".into(),
            seats: 1,
            of: 2,
        },
        Notice::ActivityFrozen {
            application: "boards".into(),
            connection: Some("acme".into()),
            since: at(),
            accounts: 3,
        },
        Notice::AccountsWithoutSeat {
            application: "boards".into(),
            accounts: 3,
        },
        Notice::MappedToUnknownEmployee {
            application: "boards".into(),
            accounts: 3,
        },
        Notice::LeadingZeros {
            application: "boards".into(),
            accounts: 3,
        },
        Notice::ReadIncomplete {
            application: "boards".into(),
            connection: Some("acme".into()),
            streams: vec!["users".into()],
            complete_at: Some(at()),
        },
        Notice::RowsRejected {
            application: "boards".into(),
            connection: Some("acme".into()),
            rows: 4,
        },
        Notice::FieldsUnreadable {
            application: "boards".into(),
            connection: Some("acme".into()),
            accounts: 3,
        },
        Notice::AccountsMissing {
            application: "boards".into(),
            connection: Some("acme".into()),
            accounts: 3,
        },
        Notice::OldRead {
            application: "boards".into(),
            connection: Some("acme".into()),
            at: at(),
            days: 100,
        },
        Notice::PurchasesDiffer {
            application: "boards".into(),
            product: "pro".into(),
            owned: 3,
            reported: 4,
        },
        Notice::ProductUnknown {
            application: "boards".into(),
            product: "seat".into(),
            known: vec!["pro".into()],
        },
        Notice::SeatsCountedTwice {
            applications: vec!["boards".into()],
            connections: vec!["acme".into(), "acme2".into()],
        },
        Notice::EmploymentUnclear { people: 2 },
        Notice::ApplicationNotRead {
            application: "boards".into(),
            entitlements: vec!["PO-1".into()],
        },
    ]
}

pub(super) fn seat_rows() -> Vec<purser_engine::licensing::SeatRow> {
    use purser_engine::licensing::{NotReclaimable, SeatRow, Usage};
    let row = |usage, not_reclaimable| SeatRow {
        connection: Some("acme".into()),
        account: "1".into(),
        principal_name: Some("ada".into()),
        employee_number: Some("E1".into()),
        last_activity: LastActivity::Never,
        usage,
        reclaimable: false,
        not_reclaimable,
    };
    vec![
        row(Usage::InUse, None),
        row(Usage::NeverUsed, Some(NotReclaimable::Grace)),
        row(
            Usage::Unknown,
            Some(NotReclaimable::Exempt {
                pattern: "svc-*".into(),
            }),
        ),
    ]
}
