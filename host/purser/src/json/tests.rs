//! Golden tests: the documents of `--json`, literally.
//!
//! Programs read them, so that a change here breaks its users: add keys, but do not rename or
//! remove any.

use super::samples::*;
use super::*;
use crate::render::fixtures;
use purser_engine::licensing::Figure;

macro_rules! assert_golden {
    ($file:literal, $document:expr) => {
        assert_eq!(
            to_text(&$document).unwrap() + "\n",
            include_str!(concat!("golden/", $file, ".json")),
            "{}.json",
            $file
        )
    };
}

#[test]
fn runs_match_their_documents() {
    let runs = [run(), fixtures::run(None)];
    assert_golden!("run", list::<_, RunJson<'_>>(&runs));
    assert_golden!("run-detail", RunDetailJson::from(&run_detail()));
    assert_golden!("rejected", list::<_, RejectedRowJson<'_>>(&rejected()));
}

#[test]
fn connections_match_their_documents() {
    assert_golden!("connection", ConnectionViewJson::from(&connection_view()));
    assert_golden!("connection-test", ConnectionTestJson::from(&connected()));
    assert_golden!(
        "connection-delete",
        ConnectionDeletedJson::new(&connection().name, purser_engine::Revocation::NotOffered)
    );
    assert_golden!("alias", AliasJson::from(&alias()));
    assert_golden!("template", TemplateJson::from(&template()));
    assert_golden!(
        "template-delete",
        TemplateDeletedJson::from(template().name())
    );
    assert_golden!("key-rotation", KeyRotatedJson::from(&key_rotated()));
}

#[test]
fn connectors_match_their_documents() {
    assert_golden!("connector", ConnectorJson::from(&connector_view()));
    assert_golden!(
        "connector-inspect",
        ConnectorInspectedJson::from(&inspected())
    );
    assert_golden!("connector-upload", UploadedJson::from(&uploaded()));
    assert_golden!(
        "connector-upload-unknown-key",
        UploadedJson::from(&uploaded_with_unknown_key())
    );
    assert_golden!("connector-grant", GrantedJson::from(&granted()));
    assert_golden!("connector-rollback", RolledBackJson::from(&rolled_back()));
    assert_golden!("connector-check", ReplayJson::from(&replayed()));
    assert_golden!(
        "connector-build",
        ConnectorBuiltJson {
            path: std::path::Path::new("hub.wasm"),
            size: 1234,
            changed: true,
        }
    );
    assert_golden!("policy", PolicyJson::from(&policy()));
    assert_golden!("publisher", PublisherJson::from(&publisher()));
}

#[test]
fn profiles_match_their_documents() {
    let view = profile();
    assert_golden!("profile", ProfileViewJson::from(&view));
    assert_golden!("profile-create", ProfileJson::from(&view.profile));
    assert_golden!(
        "profile-publish",
        ProfilePublishedJson::new(&view.profile, &[fixtures::run(None)])
    );
    assert_golden!("account", AccountJson::from(&account()));
}

#[test]
fn imports_match_their_documents() {
    assert_golden!("people", list::<_, PersonJson<'_>>(&people()));
    assert_golden!(
        "people-import",
        PeopleImportedJson::from(&people_imported())
    );
    assert_golden!("entitlement", EntitlementJson::from(&entitlement()));
    assert_golden!(
        "entitlement-import",
        EntitlementsImportedJson::from(&entitlements_imported())
    );
}

#[test]
fn reconciliations_match_their_documents() {
    let mut all = fixtures::reconciliation();
    all.candidates = vec![candidate()];
    all.notices = notices();
    let positions: Vec<_> = all.positions.iter().collect();
    assert_golden!("reconciliation", ReconciliationJson::from(&all));
    assert_golden!(
        "position",
        PositionsJson::new(
            &all,
            &positions,
            &all.totals,
            &all.notices.iter().collect::<Vec<_>>()
        )
    );
    assert_golden!("candidate", CandidateJson::from(&candidate()));
}

#[test]
fn explanations_match_their_documents() {
    let all = fixtures::reconciliation();
    let rows = seat_rows();

    let mut seats = all.explain("boards", "pro", Figure::Reclaimable).unwrap();
    seats.formula = "the formula";
    seats.seats.extend(&rows);
    assert_golden!("explanation", ExplanationJson::from(&seats));

    let mut cost = all.explain("boards", "pro", Figure::TrueUpCost).unwrap();
    cost.formula = "the formula";
    assert_golden!("explanation-of-money", ExplanationJson::from(&cost));
}
