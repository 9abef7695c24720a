//! Grants, rollbacks and moves, decided on facts made up for the test.

use super::*;
use purser_model::{
    Blamed as _, DataStream, Profile, ProfileState, RequestedAccess, SettingField, SettingType,
    Settings, StreamKind, Timestamp,
};

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn digest(version: u8) -> Digest {
    Digest::of(&[version])
}

fn grant(line: &str) -> Grant {
    Grant {
        rules: vec![line.parse().unwrap()],
        ..Grant::default()
    }
}

fn description(version: u8) -> Description {
    let stream = DataStream {
        name: name("users"),
        title: "Users".into(),
        kind: StreamKind::Accounts,
        reports_activity: true,
        incremental: false,
        per_account: false,
    };
    let request = RequestedAccess {
        action: "read:users".parse().unwrap(),
        methods: vec!["GET".parse().unwrap(), "DELETE".parse().unwrap()],
        host: None,
        path: "/**".parse().unwrap(),
        reason: "To list.".into(),
    };

    Description {
        name: name("hub"),
        version: semver::Version::new(u64::from(version), 0, 0),
        publisher: "Purser".into(),
        application: "Hub".into(),
        summary: "Reads users.".into(),
        templates: vec!["bearer".into()],
        settings: Vec::new(),
        streams: vec![stream],
        reclaims: Vec::new(),
        requests: vec![request],
        rate: None,
        rate_limit_responses: Vec::new(),
    }
}

fn version(number: u8, grant: Option<Grant>) -> StoredConnector {
    StoredConnector {
        description: description(number),
        digest: digest(number),
        size: 1,
        uploaded_at: Timestamp::UNIX_EPOCH,
        grant,
        granted_at: None,
        disabled_at: None,
        signed_by: None,
        latest: false,
        profiles: Vec::new(),
    }
}

fn profile(text: &str, runs: u8) -> ProfileFacts {
    ProfileFacts {
        profile: Profile {
            name: name(text),
            display_name: "The Hub".into(),
            connector: name("hub"),
            digest: digest(runs),
            alias: name("hubs"),
            settings: Settings::new(),
            state: ProfileState::Draft,
            created_at: Timestamp::UNIX_EPOCH,
        },
        application: "Hub".into(),
        connections: vec![(name("main"), name("bearer"))],
    }
}

/// Three versions, of which the first two were granted, and a profile for each number.
fn facts(profiles_run: &[u8]) -> VersionFacts {
    let granted = Some(grant("read:users GET /users"));
    let profiles = profiles_run.iter();

    VersionFacts {
        connector: name("hub"),
        versions: vec![
            version(1, granted.clone()),
            version(2, granted),
            version(3, None),
        ],
        profiles: profiles
            .map(|runs| profile(&format!("p{runs}"), *runs))
            .collect(),
        requires_signature: false,
    }
}

fn serves_all(_: &TemplateName, _: &Description) -> bool {
    true
}

fn grant_version(
    facts: &VersionFacts,
    number: u8,
    enable: bool,
) -> Result<(VersionChange, GrantPlan), Error> {
    let source = GrantSource::Explicit(&Grant {
        rules: Vec::new(),
        ..Grant::default()
    });
    plan_grant(facts, &digest(number), source, enable, &serves_all)
}

fn inherit(facts: &VersionFacts, number: u8) -> Result<(VersionChange, GrantPlan), Error> {
    let source = GrantSource::Inherit;
    plan_grant(facts, &digest(number), source, true, &serves_all)
}

fn roll_back(facts: &VersionFacts, to: Option<u8>) -> Result<(VersionChange, RollbackPlan), Error> {
    let named = to.map(|number| {
        let known = facts
            .versions
            .iter()
            .find(|known| known.digest == digest(number));
        known
            .cloned()
            .unwrap_or_else(|| version(number, Some(Grant::default())))
    });
    plan_rollback(facts, named.as_ref(), &serves_all)
}

fn refusal<T>(result: Result<T, Error>) -> (String, Option<NextStep>) {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(error) => (error.to_string(), error.next_step()),
    }
}

#[test]
fn grant_moves_the_profiles_of_earlier_versions_and_no_others() {
    let facts = facts(&[1, 2, 3]);

    let (change, plan) = grant_version(&facts, 2, true).unwrap();

    assert_eq!(change.moves, [(name("p1"), digest(2))]);
    let moved = MovedProfile {
        profile: name("p1"),
        from: digest(1),
    };
    assert_eq!(plan.moves.moved, [moved]);
    assert_eq!(plan.moves.incompatible, []);
}

#[test]
fn grant_that_does_not_enable_moves_no_profile() {
    let (change, plan) = grant_version(&facts(&[1]), 3, false).unwrap();

    assert_eq!(change.grant.unwrap().0, digest(3));
    assert_eq!(change.moves, []);
    assert_eq!(plan.moves, Moves::default());
}

#[test]
fn grant_is_compared_with_the_grant_of_the_same_bytes_or_of_the_version_before() {
    let facts = facts(&[]);

    let before = |number| {
        let (_, plan) = grant_version(&facts, number, true).unwrap();
        plan.before.unwrap().digest
    };

    assert_eq!(before(1), digest(1));
    assert_eq!(before(2), digest(2));
    assert_eq!(before(3), digest(2));
}

#[test]
fn first_grant_of_a_name_is_compared_with_nothing() {
    let mut facts = facts(&[]);
    facts.versions = vec![version(1, None)];

    let (_, plan) = grant_version(&facts, 1, true).unwrap();

    assert_eq!(plan.before, None);
    assert_eq!(granted_before(&facts, &digest(1)), None);
}

#[test]
fn grant_of_a_disabled_version_is_refused() {
    let mut facts = facts(&[]);
    facts.versions[2].disabled_at = Some(Timestamp::UNIX_EPOCH);

    let (what, next) = refusal(grant_version(&facts, 3, true));

    assert!(what.contains("is disabled"), "{what}");
    let connector = digest(3).short();
    assert_eq!(next, Some(NextStep::EnableConnector { connector }));
}

#[test]
fn grant_of_a_version_that_was_deleted_is_refused() {
    let (what, _) = refusal(grant_version(&facts(&[]), 9, true));

    assert!(what.starts_with("there is no connector"), "{what}");
}

#[test]
fn inherited_grant_is_that_of_the_latest_granted_version_as_far_as_requested() {
    let (change, plan) = inherit(&facts(&[]), 3).unwrap();

    // Version 3 also asks for DELETE and for every path.
    let expected = grant("read:users GET /users");
    assert_eq!(plan.grant, expected);
    assert_eq!(change.grant, Some((digest(3), expected)));
}

#[test]
fn inherited_grant_without_a_granted_version_before_is_refused() {
    let (what, next) = refusal(inherit(&facts(&[]), 1));

    assert!(what.starts_with("no version before"), "{what}");
    assert!(matches!(next, Some(NextStep::GrantConnector { .. })));
}

#[test]
fn profile_of_another_application_stays() {
    let mut facts = facts(&[1]);
    facts.versions[2].description.application = "Other".into();

    let (change, plan) = grant_version(&facts, 3, true).unwrap();

    assert_eq!(change.moves, []);
    let why = &plan.moves.incompatible[0].why;
    assert_eq!(why, "alias hubs is for Hub, and this version for Other");
}

#[test]
fn profile_without_a_required_setting_stays() {
    let mut facts = facts(&[1]);
    facts.versions[2].description.settings.push(SettingField {
        name: name("site"),
        title: "Site".into(),
        help: "The site.".into(),
        kind: SettingType::Text,
        required: true,
        default: None,
    });

    let (change, plan) = grant_version(&facts, 3, true).unwrap();

    assert_eq!(change.moves, []);
    let why = &plan.moves.incompatible[0].why;
    assert!(why.contains("setting site is required"), "{why}");
}

#[test]
fn profile_with_a_connection_of_an_unserved_template_stays() {
    let facts = facts(&[1]);
    let source = GrantSource::Inherit;

    let (change, plan) = plan_grant(
        &facts,
        &digest(3),
        source,
        true,
        &|_: &TemplateName, _: &Description| false,
    )
    .unwrap();

    assert_eq!(change.moves, []);
    let why = &plan.moves.incompatible[0].why;
    assert_eq!(
        why,
        "it does not work with template bearer of connection main"
    );
}

#[test]
fn rollback_moves_the_profiles_of_later_versions_to_the_version_granted_before() {
    let facts = facts(&[1, 2, 3]);

    let (change, plan) = roll_back(&facts, None).unwrap();

    assert_eq!(plan.target.digest, digest(2));
    assert_eq!(change.moves, [(name("p3"), digest(2))]);
    assert_eq!(change.grant, None);
}

#[test]
fn rollback_to_a_named_version_moves_all_later_ones() {
    let (change, _) = roll_back(&facts(&[2, 3]), Some(1)).unwrap();

    let expected = [(name("p2"), digest(1)), (name("p3"), digest(1))];
    assert_eq!(change.moves, expected);
}

#[test]
fn rollback_skips_versions_that_are_disabled_or_not_granted() {
    let mut facts = facts(&[3]);
    facts.versions[1].disabled_at = Some(Timestamp::UNIX_EPOCH);

    let (_, plan) = roll_back(&facts, None).unwrap();

    assert_eq!(plan.target.digest, digest(1));
}

#[test]
fn rollback_without_a_usable_earlier_version_is_refused() {
    let (what, next) = refusal(roll_back(&facts(&[1]), None));

    assert!(what.contains("no earlier version"), "{what}");
    assert_eq!(next, Some(NextStep::ListConnectors));
}

#[test]
fn rollback_of_a_connector_without_profiles_is_refused() {
    let (what, next) = refusal(roll_back(&facts(&[]), None));

    assert_eq!(what, "no profile runs connector hub");
    assert_eq!(next, Some(NextStep::ListProfiles));
}

#[test]
fn rollback_to_a_version_that_was_not_granted_or_is_of_another_connector_is_refused() {
    for number in [3, 9] {
        let (what, _) = refusal(roll_back(&facts(&[2]), Some(number)));

        assert!(what.contains("is not a granted version"), "{what}");
    }
}

#[test]
fn rollback_to_a_disabled_version_is_refused() {
    let mut facts = facts(&[2]);
    facts.versions[0].disabled_at = Some(Timestamp::UNIX_EPOCH);

    let (what, _) = refusal(roll_back(&facts, Some(1)));

    assert!(what.contains("is disabled"), "{what}");
}

#[test]
fn rollback_to_an_unsigned_version_is_refused_where_signatures_are_required() {
    let mut facts = facts(&[2]);
    facts.requires_signature = true;

    let (what, _) = refusal(roll_back(&facts, Some(1)));
    assert!(what.contains("only signed connectors"), "{what}");

    facts.versions[0].signed_by = Some(name("acme"));
    assert!(roll_back(&facts, Some(1)).is_ok());
}

#[test]
fn rollback_that_moves_no_profile_is_refused() {
    let (what, _) = refusal(roll_back(&facts(&[2]), Some(2)));
    assert!(what.contains("no profile runs a later version"), "{what}");

    let mut facts = facts(&[2]);
    facts.profiles[0].application = "Other".into();
    let (what, _) = refusal(roll_back(&facts, Some(1)));
    assert!(what.contains("profile p2 does not fit"), "{what}");
}
