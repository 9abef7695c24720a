//! A store with one source ready to run, and short ways to build records.

use crate::backend::{Backend, Database};
use purser_model::{
    Account, AccountStatus, Activity, Connection, ConnectionState, Cursor, DataStream, Description,
    Digest, Email, Grant, LastActivity, Page, Product, Profile, ProfileState, Records,
    RequestStats, RetryPolicy, RunId, Seat, Settings, StreamKind, StreamName, Timestamp,
};
use purser_store::{
    Alias, Committed, Completion, CompletionTerms, NewConnector, PartialCommit, Partition,
    PartitionPage, SealedCredential, ShiftPolicy, ShrinkGuard, Source, StoreError, StreamRead,
    StreamStart, VersionChange,
};
use std::fmt::Debug;
use std::str::FromStr;

pub(crate) const COMPONENT: &[u8] = b"\0asm component";
pub(crate) const GUARD: ShrinkGuard = ShrinkGuard { max_percent: 20 };

/// Terms on which a stream is completed at the instant 2000.
pub(crate) fn terms(
    guard: ShrinkGuard,
    shift_policy: ShiftPolicy,
    account_streams: &[StreamName],
) -> CompletionTerms<'_> {
    CompletionTerms {
        guard,
        shift_policy,
        account_streams,
        at: at(2000),
    }
}

/// A store with a database of its own. The store is closed before the database is deleted.
pub(crate) struct TestStore {
    pub(crate) store: Backend,
    pub(crate) database: Database,
}

impl TestStore {
    /// Creates an empty store.
    pub(crate) fn empty() -> Self {
        let database = Database::create();
        Self {
            store: database.open(),
            database,
        }
    }

    /// Creates a store with the profile `hub`, and the connection `acme` for it.
    pub(crate) fn ready() -> Self {
        let test = Self::empty();
        let store = &test.store;
        add_connector(store, COMPONENT, "1.0.0");
        store.add_alias(&alias("hub")).unwrap();
        store
            .add_connection(&connection("acme"), sealed(b"sealed"))
            .unwrap();
        store.add_profile(&profile("hub")).unwrap();
        test
    }

    /// Adds the connection `other`, and returns the source that reads it.
    pub(crate) fn add_other_source(&self) -> Source {
        self.store
            .add_connection(&connection("other"), sealed(b""))
            .unwrap();
        Source {
            profile: name("hub"),
            connection: name("other"),
        }
    }

    /// Begins a run of the source.
    pub(crate) fn begin_run(&self) -> RunId {
        self.store.begin_run(&source(), at(1000)).unwrap()
    }

    /// Begins the stream `users` of accounts.
    pub(crate) fn begin_users(&self, run: RunId) -> StreamRead {
        self.begin(run, "users", StreamKind::Accounts)
    }

    /// Begins a stream.
    pub(crate) fn begin(&self, run: RunId, stream: &str, kind: StreamKind) -> StreamRead {
        self.store
            .begin_stream(run, &name(stream), kind, "fingerprint")
            .unwrap()
    }

    /// Commits a page of partition 0.
    pub(crate) fn commit(
        &self,
        run: RunId,
        stream: &str,
        page: Page,
    ) -> Result<Committed, StoreError> {
        commit_page(&self.store, run, stream, page)
    }

    /// Commits a page of accounts to the stream `users`.
    pub(crate) fn commit_users(
        &self,
        run: RunId,
        rows: Vec<Account>,
        next: Option<&str>,
    ) -> Result<Committed, StoreError> {
        self.commit(run, "users", accounts_page(rows, next))
    }

    /// Completes a stream that must not have shifted.
    pub(crate) fn complete(&self, run: RunId, stream: &str) -> Result<Completion, StoreError> {
        let policy = ShiftPolicy::ReadAgain;
        self.store
            .complete_stream(run, &name(stream), &terms(GUARD, policy, &[name(stream)]))
    }

    /// Reads a stream of one page in a run of its own, and completes it.
    pub(crate) fn read(&self, stream: &str, kind: StreamKind, page: Page) -> Completion {
        let run = self.begin_run();
        self.begin(run, stream, kind);
        self.commit(run, stream, page).unwrap();
        self.complete(run, stream).unwrap()
    }

    /// Reads these accounts as all of the stream `users`.
    pub(crate) fn read_users(&self, accounts: Vec<Account>) -> Completion {
        self.read("users", StreamKind::Accounts, accounts_page(accounts, None))
    }

    /// Reads this activity as all of the stream `logins`.
    pub(crate) fn read_logins(&self, rows: &[(&str, Option<&str>, LastActivity)]) -> Completion {
        self.read("logins", StreamKind::Activity, activity_page(rows))
    }

    /// Returns the identifiers of the stored accounts.
    pub(crate) fn ids(&self) -> Vec<String> {
        let accounts = self.store.accounts(&source()).unwrap();
        accounts.into_iter().map(|account| account.id).collect()
    }

    /// Returns the stored activity.
    pub(crate) fn activity(&self) -> Vec<Activity> {
        let mut rows = Vec::new();
        self.store
            .each_activity(&source(), |row| rows.push(row))
            .unwrap();
        rows
    }
}

pub(crate) fn add_connector(store: &Backend, bytes: &[u8], version: &str) -> Digest {
    let digest = Digest::of(bytes);
    store
        .add_connector(&NewConnector {
            description: &description(version),
            digest,
            bytes,
            uploaded_at: at(5),
            signature: None,
        })
        .unwrap();
    digest
}

/// Grants a version of `jupyterhub`, and moves no profile.
pub(crate) fn grant(store: &Backend, digest: &Digest, grant: &Grant) {
    let change = VersionChange {
        grant: Some((*digest, grant.clone())),
        moves: Vec::new(),
    };
    let facts = store.version_facts(&name("jupyterhub")).unwrap();
    store.change_versions(&facts, &change, at(6)).unwrap();
}

pub(crate) fn description(version: &str) -> Description {
    let stream = DataStream {
        name: name("users"),
        title: "Users".into(),
        kind: StreamKind::Accounts,
        reports_activity: true,
        incremental: false,
        per_account: false,
    };
    Description {
        name: name("jupyterhub"),
        version: version.parse().unwrap(),
        publisher: "Purser".into(),
        application: "JupyterHub".into(),
        summary: "Reads users.".into(),
        templates: vec!["bearer".into()],
        settings: Vec::new(),
        streams: vec![stream],
        reclaims: Vec::new(),
        requests: Vec::new(),
        rate: None,
        rate_limit_responses: Vec::new(),
    }
}

pub(crate) fn alias(text: &str) -> Alias {
    Alias {
        name: name(text),
        application: "JupyterHub".into(),
        connector: Some(name("jupyterhub")),
        retry: RetryPolicy::default(),
        created_at: at(0),
    }
}

/// A credential without a token, sealed with the key `key-1`.
pub(crate) fn sealed(secrets: &[u8]) -> SealedCredential<'_> {
    SealedCredential {
        key_id: "key-1",
        secrets,
        token: None,
    }
}

pub(crate) fn connection(text: &str) -> Connection {
    Connection {
        name: name(text),
        alias: name("hub"),
        base_url: "https://hub.example/api".parse().unwrap(),
        template: name("api-key-header"),
        fields: [(name("header"), "x-key".to_owned())].into(),
        private_network: true,
        state: ConnectionState::Untested,
        created_at: at(1),
        last_success_at: None,
        attention: None,
        identity: None,
        tenant: None,
        token: None,
    }
}

pub(crate) fn profile(text: &str) -> Profile {
    Profile {
        name: name(text),
        display_name: "The Hub".into(),
        connector: name("jupyterhub"),
        digest: Digest::of(COMPONENT),
        alias: name("hub"),
        settings: Settings::new(),
        state: ProfileState::Draft,
        created_at: at(2),
    }
}

pub(crate) fn source() -> Source {
    Source {
        profile: name("hub"),
        connection: name("acme"),
    }
}

/// Parses a name of any kind.
pub(crate) fn name<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The instant this many milliseconds after 1970.
pub(crate) fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap()
}

pub(crate) fn used(milliseconds: i64) -> LastActivity {
    LastActivity::At(at(milliseconds))
}

/// An account with something in every kind of field.
pub(crate) fn account(id: &str) -> Account {
    Account {
        id: id.into(),
        principal_name: Some(format!("{id}@example")),
        emails: vec![Email {
            address: format!("{id}@example"),
            primary: true,
        }],
        display_name: Some("Ünïcode, \"quoted\"".into()),
        status: AccountStatus::Active,
        created_at: Some(at(-1)),
        seats: vec![Seat {
            product: "hub".into(),
            assigned_at: Some(at(7)),
            inherited_from: None,
        }],
        attributes: vec![("z".into(), "1".into()), ("a".into(), String::new())],
        ..Account::default()
    }
}

pub(crate) fn accounts(ids: &[&str]) -> Vec<Account> {
    ids.iter().map(|id| account(id)).collect()
}

pub(crate) fn cursor(text: &str) -> Cursor {
    Cursor::new(text.into()).unwrap()
}

fn page(records: Records, next: Option<&str>) -> Page {
    Page {
        records,
        rejected: Vec::new(),
        next: next.map(cursor),
        total: None,
        partitions: Vec::new(),
        offset_paged: false,
    }
}

pub(crate) fn accounts_page(accounts: Vec<Account>, next: Option<&str>) -> Page {
    page(Records::Accounts(accounts), next)
}

pub(crate) fn activity_page(rows: &[(&str, Option<&str>, LastActivity)]) -> Page {
    let row = |(account, product, last_activity): &(&str, Option<&str>, LastActivity)| Activity {
        account: (*account).into(),
        product: product.map(Into::into),
        last_activity: *last_activity,
    };
    page(Records::Activity(rows.iter().map(row).collect()), None)
}

pub(crate) fn products_page(rows: &[(&str, u32)], next: Option<&str>) -> Page {
    let row = |(id, assigned): &(&str, u32)| Product {
        id: (*id).into(),
        name: id.to_uppercase(),
        purchased: None,
        assigned: Some(*assigned),
    };
    page(Records::Products(rows.iter().map(row).collect()), next)
}

/// Commits a page of partition 0.
pub(crate) fn commit_page(
    store: &Backend,
    run: RunId,
    stream: &str,
    page: Page,
) -> Result<Committed, StoreError> {
    let page = PartitionPage {
        partition: 0,
        page,
        stats: RequestStats::default(),
    };
    store
        .commit_pages(run, &name(stream), &[page])
        .map(|committed| committed[0])
        .map_err(|PartialCommit { error, .. }| error)
}

/// The start of a stream of one partition that continues at a cursor.
pub(crate) fn continue_at(text: &str) -> StreamStart {
    StreamStart::Partitions(vec![Partition {
        number: 0,
        cursor: Some(cursor(text)),
    }])
}

/// Returns the offset that the cursor of the only partition stands for.
pub(crate) fn offset(partitions: &[Partition]) -> usize {
    let [
        Partition {
            number: 0,
            cursor: Some(cursor),
        },
    ] = partitions
    else {
        panic!("{partitions:?}")
    };
    cursor.as_str().parse().unwrap()
}

/// Returns what was not found, such as `alias crm`.
pub(crate) fn not_found<T: Debug>(result: Result<T, StoreError>) -> String {
    match result.unwrap_err() {
        StoreError::NotFound { what, name } => format!("{what} {name}"),
        other => panic!("{other}"),
    }
}
