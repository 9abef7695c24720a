//! Migrations, and stores that every earlier version of the schema wrote.

use super::*;
use crate::test_dir::TestDir;
use crate::{Create, LogLine, Partition, Source, Store, StreamStart};
use purser_model::{
    Blame, ConnectionState, Digest, NextStep, OutcomeClass, RunId, RunState, StreamKind, Timestamp,
};

const FIRST: &str = "CREATE TABLE a (x INTEGER) STRICT;";
const SECOND: &str = "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO b SELECT x FROM a;";

const COMPONENT: &[u8] = b"component";
const FINGERPRINT: &str = "fingerprint";

/// A description as the first schemas stored it: it has the key `limited`.
const DESCRIPTION: &str = r#"{
    "name": "hub", "version": "1.0.0", "publisher": "Purser", "application": "Hub",
    "summary": "Reads users.", "templates": ["api-key-header"], "settings": [],
    "streams": [{"name": "users", "title": "Users", "kind": "accounts",
                 "reports_activity": true, "incremental": false}],
    "reclaims": [],
    "requests": [{"action": "read:users", "methods": ["GET"], "host": null, "path": "/users",
                  "reason": "To list."}],
    "rate": null,
    "limited": [{"status": 403, "body_has": "rate limit"}]}"#;

/// Rows that every schema up to 6 can hold. `{digest}` and `{description}` are filled in.
const ROWS: &str = r#"
    INSERT INTO connector (id, digest, name, description, uploaded_at, granted, granted_at, size, bytes)
    VALUES (1, '{digest}', 'hub', '{description}', 1,
            '{"rules":[{"action":"read:users","methods":["GET"],"path":"/users"}],"limits":{"pages":7}}',
            2, 9, CAST('component' AS BLOB));
    INSERT INTO alias (name, application, created_at) VALUES ('hubs', 'Hub', 0);
    {connection}
    INSERT INTO profile (name, display_name, connector, digest, alias, settings, state, created_at)
    VALUES ('hub', 'The Hub', 'hub', '{digest}', 'hubs', '{}', 'published', 0);
    INSERT INTO source (id, profile, connection) VALUES (1, 'hub', 'main');
    INSERT INTO run (id, source_id, profile, connection, state, started_at, ended_at, outcome)
    VALUES (1, 1, 'hub', 'main', 'failed', 3, 4,
            '{"class":"auth-rejected","blame":"operator","message":"401","next_step":"sign in again"}'),
           (2, 1, 'hub', 'main', 'failed', 3, 4,
            '{"class":"interrupted","blame":"host","message":"it died","next_step":null}'),
           (3, 1, 'hub', 'main', 'running', 5, NULL, NULL);
    INSERT INTO stream_run (run_id, stream, kind, resumed, pages, records, waited_ms)
    VALUES (3, 'users', 'accounts', 0, 2, 2, 250);
    INSERT INTO run_log (run_id, at, level, text) VALUES (1, 3, 'info', 'began');
    INSERT INTO account (id, source_id, external_id, fingerprint, last_activity, kind, status, emails,
                         seats, attributes)
    VALUES (1, 1, 'a', zeroblob(16), 10, 'human', 'active', '[]', '[]', '[]'),
           (2, 1, 'b', zeroblob(16), 10, 'human', 'active', '[]', '[]', '[]');
    {stream}
    INSERT INTO sighting (stream_id, account_id, generation, since) VALUES (1, 1, 2, 1), (1, 2, 2, 2);
    INSERT INTO cursor_met (stream_id, hash) VALUES (1, x'00112233445566778899aabbccddeeff');
"#;

const CONNECTION_1: &str = r#"
    INSERT INTO connection (name, alias, base_url, template, private_network, state, created_at, sealed)
    VALUES ('main', 'hubs', 'https://h.example', '{"template":"api-key-header","header":"x-key"}', 0,
            'active', 0, x'01');"#;

const CONNECTION_2: &str = r#"
    INSERT INTO connection (name, alias, base_url, template, fields, private_network, state, created_at,
                            sealed)
    VALUES ('main', 'hubs', 'https://h.example', 'api-key-header', '{"header":"x-key"}', 0, 'active', 0,
            x'01');"#;

const STREAM_1: &str = "
    INSERT INTO stream (id, source_id, name, kind, generation, stamp, state, cursor, completed_generation)
    VALUES (1, 1, 'users', 'accounts', 2, 'fingerprint', 'reading', 'page-2', 1);";

const STREAM_5: &str = "
    INSERT INTO stream (id, source_id, name, kind, generation, stamp, state, completed_generation,
                        by_position)
    VALUES (1, 1, 'users', 'accounts', 2, 'fingerprint', 'reading', 1, 1);
    INSERT INTO part (stream_id, number, cursor, done) VALUES (1, 0, 'page-2', 0);";

/// Writes a store as the version of Purser with this schema would have, and opens it.
fn open_store_of(schema: usize, dir: &TestDir) -> Store {
    let path = dir.join("purser.db");
    let mut connection = Connection::open(&path).unwrap();
    migrate(&mut connection, &MIGRATIONS[..schema]).unwrap();

    let rows = ROWS
        .replace(
            "{connection}",
            if schema < 2 {
                CONNECTION_1
            } else {
                CONNECTION_2
            },
        )
        .replace("{stream}", if schema < 5 { STREAM_1 } else { STREAM_5 })
        .replace("{digest}", &Digest::of(COMPONENT).to_string())
        .replace("{description}", DESCRIPTION);
    connection.execute_batch(&rows).unwrap();
    drop(connection);

    Store::open(path, Create::Never).unwrap()
}

fn source() -> Source {
    Source {
        profile: "hub".parse().unwrap(),
        connection: "main".parse().unwrap(),
    }
}

/// Runs a check on a store of every schema before the newest that had names to change.
fn for_every_earlier_schema(check: impl Fn(usize, &Store)) {
    for schema in 1..=6 {
        let dir = TestDir::new();
        check(schema, &open_store_of(schema, &dir));
    }
}

#[test]
fn connector_of_every_earlier_schema_keeps_its_description_and_grant() {
    for_every_earlier_schema(|schema, store| {
        let connector = store.latest_connector(&"hub".parse().unwrap()).unwrap();

        let responses = connector.description.rate_limit_responses;
        assert_eq!(responses.len(), 1, "schema {schema}");
        assert_eq!(responses[0].status, 403);
        assert_eq!(responses[0].body_has.as_deref(), Some("rate limit"));

        let grant = connector.grant.unwrap();
        assert_eq!(grant.rules[0].to_string(), "read:users GET /users");
        assert_eq!(grant.limits.pages, 7);
        assert_eq!(connector.disabled_at, None);
        assert_eq!(store.connector_bytes(&connector.digest).unwrap(), COMPONENT);
    });
}

#[test]
fn outcome_of_every_earlier_schema_shows_its_next_step_as_advice() {
    for_every_earlier_schema(|schema, store| {
        let outcome = store.run(RunId(1)).unwrap().outcome.unwrap();
        assert_eq!(outcome.class, OutcomeClass::AuthRejected, "schema {schema}");
        assert_eq!(outcome.blame, Blame::Operator);
        assert_eq!(outcome.next_step, Some(NextStep::advice("sign in again")));

        let outcome = store.run(RunId(2)).unwrap().outcome.unwrap();
        assert_eq!(outcome.next_step, None);
        assert_eq!(store.run(RunId(3)).unwrap().outcome, None);
    });
}

#[test]
fn run_of_every_earlier_schema_resumes_at_its_checkpoint() {
    for_every_earlier_schema(|schema, store| {
        let users = "users".parse().unwrap();
        let read = store
            .begin_stream(RunId(3), &users, StreamKind::Accounts, FINGERPRINT)
            .unwrap();

        let left = Partition {
            number: 0,
            cursor: Some(purser_model::Cursor::new("page-2".into()).unwrap()),
        };
        assert_eq!(
            read.start,
            StreamStart::Partitions(vec![left]),
            "schema {schema}"
        );
        assert_eq!(read.generation, 2);

        let run = store.run(RunId(3)).unwrap();
        assert_eq!(run.state, RunState::Running);
        assert_eq!(run.streams[0].counts.records, 2);
        assert_eq!(run.streams[0].counts.waited_ms, 250);
    });
}

#[test]
fn records_and_log_of_every_earlier_schema_are_shown() {
    for_every_earlier_schema(|schema, store| {
        let accounts = store.accounts(&source()).unwrap();
        let ids: Vec<_> = accounts.iter().map(|account| account.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"], "schema {schema}");

        let line = LogLine {
            at: Timestamp::from_millisecond(3).unwrap(),
            level: "info".into(),
            text: "began".into(),
        };
        assert_eq!(store.run_log(RunId(1)).unwrap(), [line]);
        assert_eq!(store.sources().unwrap(), [source()]);
    });
}

#[test]
fn connection_of_every_earlier_schema_keeps_its_template_and_fields() {
    for_every_earlier_schema(|schema, store| {
        let connection = store.connection(&"main".parse().unwrap()).unwrap();

        assert_eq!(
            connection.template.as_str(),
            "api-key-header",
            "schema {schema}"
        );
        assert_eq!(connection.fields.len(), 1);
        assert_eq!(connection.fields.values().next().unwrap(), "x-key");
        assert_eq!(
            store
                .alias(&"hubs".parse().unwrap())
                .unwrap()
                .retry
                .attempts,
            5
        );
    });
}

#[test]
fn connection_of_the_first_schema_asks_for_its_credential() {
    let dir = TestDir::new();
    let store = open_store_of(1, &dir);

    let connection = store.connection(&"main".parse().unwrap()).unwrap();

    assert_eq!(connection.state, ConnectionState::NeedsAttention);
    assert_eq!(store.sealed_secrets(&connection.name).unwrap(), b"");
}

#[test]
fn migrate_applies_only_what_is_missing() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection, &[FIRST]).unwrap();
    connection.execute("INSERT INTO a VALUES (7)", ()).unwrap();

    migrate(&mut connection, &[FIRST, SECOND]).unwrap();
    migrate(&mut connection, &[FIRST, SECOND]).unwrap();

    let copied = connection.query_row("SELECT x FROM b", (), |row| row.get::<_, i64>(0));
    assert_eq!(copied, Ok(7));
    assert_eq!(current(&connection).unwrap(), 2);
}

#[test]
fn migrate_that_fails_changes_nothing() {
    let mut connection = Connection::open_in_memory().unwrap();
    let broken = "CREATE TABLE c (x NOTYPE) STRICT;";

    let error = migrate(&mut connection, &[FIRST, broken]).unwrap_err();

    assert!(matches!(error, StoreError::Statement(_)), "{error}");
    assert_eq!(current(&connection).unwrap(), 0);
    let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| {
        row.get::<_, i64>(0)
    });
    assert_eq!(tables, Ok(0));
}
