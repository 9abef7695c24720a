//! A store with one source ready to run, and short ways of making records.

use crate::test_dir::TestDir;
use purser_model::{
    Account, AccountStatus, Activity, Connection, ConnectionState, Cursor, DataStream, Description,
    Digest, Email, LastActivity, Page, Product, Profile, ProfileState, Records, RetryPolicy, Seat,
    Settings, StreamKind, StreamName, Timestamp,
};
use purser_store::{
    Alias, Committed, Completion, Create, RequestStats, NewConnector, Partition, PartitionPage, StreamStart,
    SealedCredential, ShiftPolicy, ShrinkGuard, Source, Store, StoreError, StreamRead,
};

pub(crate) const COMPONENT: &[u8] = b"\0asm component";
pub(crate) const GUARD: ShrinkGuard = ShrinkGuard { max_percent: 20 };

/// A store in a directory of its own.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) place: TestDir,
}

impl Fixture {
    /// A new store.
    pub(crate) fn empty() -> Self {
        let place = TestDir::new();
        Self {
            store: Store::open(place.join("purser.db"), Create::IfMissing).unwrap(),
            place,
        }
    }

    /// A new store with the profile `hub`, and the connection `acme` for it.
    pub(crate) fn ready() -> Self {
        let fixture = Self::empty();
        set_up(&fixture.store);
        fixture
    }

    /// Another handle to the same store, as another process would have it.
    pub(crate) fn again(&self) -> Store {
        Store::open(self.place.join("purser.db"), Create::Never).unwrap()
    }

    /// Begins a run of the source.
    pub(crate) fn run(&self) -> i64 {
        self.store.begin_run(&source(), at(1000)).unwrap()
    }

    /// Begins the stream of accounts.
    pub(crate) fn users(&self, run: i64) -> StreamRead {
        self.store
            .begin_stream(run, &name("users"), StreamKind::Accounts, "fingerprint")
            .unwrap()
    }

    /// A run that reads these accounts in one page, and completes.
    pub(crate) fn sync(&self, accounts: Vec<Account>) -> Completion {
        let run = self.run();
        self.users(run);
        commit_page(
            &self.store,
            run,
            &name("users"),
            &accounts_page(accounts, None),
            RequestStats::default(),
        )
        .unwrap();
        self.store
            .complete_stream(run, &name("users"), GUARD, ShiftPolicy::ReadAgain, at(2000))
            .unwrap()
    }

    /// The identifiers of the accounts stored.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.store
            .accounts(&source())
            .unwrap()
            .into_iter()
            .map(|account| account.id)
            .collect()
    }
}

pub(crate) fn set_up(store: &Store) {
    add_connector(store, COMPONENT, "1.0.0");
    store.add_alias(&alias("hub")).unwrap();
    store
        .add_connection(&connection("acme"), sealed(b"sealed"))
        .unwrap();
    store.add_profile(&profile("hub")).unwrap();
}

pub(crate) fn add_connector(store: &Store, bytes: &[u8], version: &str) -> Digest {
    let digest = Digest::of(bytes);
    let description = description(version);
    let new = NewConnector {
        description: &description,
        digest,
        bytes,
        uploaded_at: at(5),
        signature: None,
    };
    store.add_connector(&new).unwrap();
    digest
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

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// So many milliseconds after the beginning.
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

pub(crate) fn activity_page(
    rows: &[(&str, Option<&str>, LastActivity)],
    next: Option<&str>,
) -> Page {
    let row = |(account, product, last_activity): &(&str, Option<&str>, LastActivity)| Activity {
        account: (*account).into(),
        product: product.map(Into::into),
        last_activity: *last_activity,
    };
    page(Records::Activity(rows.iter().map(row).collect()), next)
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

/// Commits a page of the part that begins where the stream does.
pub(crate) fn commit_page(
    store: &Store,
    run: i64,
    stream: &StreamName,
    page: &Page,
    stats: RequestStats,
) -> Result<Committed, StoreError> {
    let page = PartitionPage {
        part: 0,
        page: page.clone(),
        stats,
    };
    store
        .commit_pages(run, stream, &[page])
        .map(|committed| committed[0])
        .map_err(|partial| partial.error)
}

/// That a stream of one part goes on from a cursor.
pub(crate) fn left(text: &str) -> StreamStart {
    StreamStart::Partitions(vec![Partition {
        number: 0,
        cursor: Some(cursor(text)),
    }])
}

/// The number that the cursor of the only part is.
pub(crate) fn place(parts: &[Partition]) -> usize {
    let [
        Partition {
            number: 0,
            cursor: Some(cursor),
        },
    ] = parts
    else {
        panic!("{parts:?}")
    };
    cursor.as_str().parse().unwrap()
}
