//! A token's renewal beside what other processes do at the same time, which a scripted provider
//! does in their place.

use super::{TokenSource, TokenStorage, load, to_store};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use purser_egress::CredentialSource as _;
use purser_model::{
    Connection, ConnectionName, ConnectionState, NextStep, OutcomeClass, RetryPolicy,
};
use purser_store::{Alias, Create, SealedCredential, SecretOwner, Store};
use purser_vault::oauth::{TokenEndpoint, TokenRequest, TokenRequestError, TokenResponse, Tokens};
use purser_vault::{Secret, TemplateInstance, Vault, built_in};
use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Script = dyn Fn() -> (u16, String) + Send + Sync;

/// Answers every request as the script says, and counts them.
struct Scripted {
    asked: AtomicUsize,
    script: Box<Script>,
}

impl TokenEndpoint for Scripted {
    fn post(&self, _: TokenRequest) -> BoxFuture<'_, Result<TokenResponse, TokenRequestError>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let (status, body) = (self.script)();
        async move {
            Ok(TokenResponse {
                status,
                date: None,
                body: body.into_bytes(),
            })
        }
        .boxed()
    }
}

/// A stored connection whose token is due.
struct Bench {
    store: Arc<Store>,
    vault: Arc<Vault>,
    name: ConnectionName,
    folder: tempfile::TempDir,
}

fn name<N: FromStr<Err: Debug>>(text: &str) -> N {
    text.parse().unwrap()
}

fn tokens(access: &str, lasts: i64) -> Tokens {
    let now = Timestamp::now();
    Tokens {
        access: Secret::new(access.to_owned()),
        refresh: Some(Secret::new("refresh-token-1".into())),
        obtained_at: now,
        expires_at: Some(now + SignedDuration::from_secs(lasts)),
        refresh_expires_at: None,
        scopes: Vec::new(),
        rotates: None,
        metadata: [].into(),
        margin: 0,
    }
}

fn filled() -> TemplateInstance {
    let template = built_in()
        .iter()
        .find(|template| template.name().as_str() == "oauth-authorization-code")
        .unwrap();
    let fields = [
        ("authorization-url", "https://id.example/authorize"),
        ("token-url", "https://id.example/token"),
        ("client-id", "purser"),
    ];
    let plain = fields
        .map(|(field, value)| (name(field), value.to_owned()))
        .into();
    TemplateInstance::new(template, plain, [].into(), false).unwrap()
}

impl Bench {
    fn with(tokens: &Tokens) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path().join("db"), Create::IfMissing).unwrap());
        let vault = Arc::new(Vault::create(&folder.path().join("key")).unwrap());
        let bench = Self {
            store,
            vault,
            name: name("main"),
            folder,
        };
        let retry = RetryPolicy::default();
        let alias = Alias {
            name: name("hubs"),
            application: "Hub".into(),
            connector: None,
            retry,
            created_at: Timestamp::now(),
        };
        bench.store.add_alias(&alias).unwrap();
        let connection = Connection {
            name: bench.name.clone(),
            alias: name("hubs"),
            base_url: "https://hub.example".parse().unwrap(),
            template: name("oauth-authorization-code"),
            fields: [].into(),
            private_network: false,
            state: ConnectionState::Active,
            created_at: Timestamp::now(),
            last_success_at: None,
            attention: None,
            identity: None,
            tenant: None,
            token: None,
        };
        bench.keep(tokens, |credential| {
            bench.store.add_connection(&connection, credential).unwrap()
        });
        bench
    }

    fn keep(&self, tokens: &Tokens, keep: impl FnOnce(SealedCredential<'_>)) {
        let sealed = crate::keys::seal(
            &self.vault,
            &SecretOwner::Token(self.name.clone()),
            &tokens.document(),
        )
        .unwrap();
        let token = Some(to_store(tokens, &sealed, &[]));
        keep(SealedCredential {
            key_id: self.vault.key_id(),
            secrets: b"sealed",
            token,
        });
    }

    /// A source as a process has it that read the token when it began.
    fn source(
        &self,
        script: impl Fn() -> (u16, String) + Send + Sync + 'static,
    ) -> (TokenSource, Arc<Scripted>) {
        let endpoint = Arc::new(Scripted {
            asked: AtomicUsize::new(0),
            script: Box::new(script),
        });
        let (store, vault) = (Arc::clone(&self.store), Arc::clone(&self.vault));
        let place = TokenStorage::Stored {
            store,
            vault,
            connection: self.name.clone(),
        };
        let held = load(&self.store, &self.vault, &self.name).unwrap();
        let source =
            TokenSource::new(place, filled(), endpoint.clone(), Arc::default(), held).unwrap();
        (source, endpoint)
    }
}

fn granted(access: &str) -> (u16, String) {
    let body = format!(
        r#"{{"access_token":"{access}","token_type":"bearer","expires_in":3600,"refresh_token":"refresh-token-2"}}"#
    );
    (200, body)
}

async fn signed_with(source: &TokenSource) -> Result<String, String> {
    let credential = source
        .current()
        .await
        .map_err(|unavailable| unavailable.reason)?;
    Ok(credential.headers().next().unwrap().1.expose().to_owned())
}

#[tokio::test]
async fn a_token_that_is_good_is_used_and_not_renewed() {
    let bench = Bench::with(&tokens("access-token-1", 600));
    let (source, endpoint) = bench.source(|| granted("access-token-2"));
    assert_eq!(signed_with(&source).await.unwrap(), "Bearer access-token-1");
    assert_eq!(endpoint.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn one_that_is_due_is_renewed_once_and_stored() {
    let bench = Bench::with(&tokens("access-token-1", -1));
    let (source, endpoint) = bench.source(|| granted("access-token-2"));
    let (other, untouched) = bench.source(|| granted("access-token-3"));
    for source in [&source, &other, &source] {
        assert_eq!(signed_with(source).await.unwrap(), "Bearer access-token-2");
    }
    assert_eq!(
        endpoint.asked.load(Ordering::Relaxed) + untouched.asked.load(Ordering::Relaxed),
        1
    );
    let (generation, stored) = load(&bench.store, &bench.vault, &bench.name).unwrap();
    assert_eq!((generation, stored.access.expose()), (2, "access-token-2"));
}

#[tokio::test]
async fn a_token_that_cannot_be_stored_is_not_used() {
    let bench = Bench::with(&tokens("access-token-1", -1));
    let path = bench.folder.path().join("db");
    let (source, _) = bench.source(move || {
        // Somebody deletes the connection meanwhile: there is nothing left to store a token with.
        Store::open(&path, Create::Never)
            .unwrap()
            .delete_connection(&name("main"))
            .unwrap();
        granted("access-token-2")
    });
    let refused = signed_with(&source).await.unwrap_err();
    assert!(refused.contains("connection"), "{refused}");
    assert_eq!(
        source.refresh_failure().unwrap().class,
        OutcomeClass::TokenNotStored
    );
}

#[tokio::test]
async fn a_refusal_is_held_against_what_somebody_else_stored_meanwhile() {
    let bench = Arc::new(Bench::with(&tokens("access-token-1", -1)));
    let meanwhile = Arc::clone(&bench);
    let (source, _) = bench.source(move || {
        let connection = meanwhile.store.connection(&meanwhile.name).unwrap();
        meanwhile.keep(&tokens("access-token-of-another", 600), |credential| {
            meanwhile
                .store
                .replace_credential(&connection, credential)
                .unwrap();
        });
        (400, r#"{"error":"invalid_grant"}"#.into())
    });
    assert_eq!(
        signed_with(&source).await.unwrap(),
        "Bearer access-token-of-another"
    );
    assert_eq!(
        bench.store.connection(&bench.name).unwrap().state,
        ConnectionState::Active
    );
}

#[tokio::test]
async fn a_refusal_that_stands_needs_attention() {
    let bench = Bench::with(&tokens("access-token-1", -1));
    let (source, endpoint) = bench.source(|| (400, r#"{"error":"invalid_grant"}"#.into()));
    assert!(
        signed_with(&source)
            .await
            .unwrap_err()
            .contains("has ended")
    );
    assert_eq!(
        endpoint.asked.load(Ordering::Relaxed),
        1,
        "a refusal is not asked for again"
    );
    let connection = bench.store.connection(&bench.name).unwrap();
    assert_eq!(connection.state, ConnectionState::NeedsAttention);
    assert!(
        source.refresh_failure().unwrap().next_step
            == Some(NextStep::AuthorizeConnection {
                connection: name("main")
            })
    );
}

#[tokio::test]
async fn one_that_is_due_and_still_good_is_used_while_the_provider_is_out_of_order() {
    let bench = Bench::with(&Tokens {
        margin: 600,
        ..tokens("access-token-1", 300)
    });
    let (source, endpoint) = bench.source(|| (503, String::new()));
    assert_eq!(signed_with(&source).await.unwrap(), "Bearer access-token-1");
    assert_eq!(
        endpoint.asked.load(Ordering::Relaxed),
        3,
        "what passes is tried again"
    );
    assert_eq!(
        bench.store.connection(&bench.name).unwrap().state,
        ConnectionState::Active
    );
}

#[tokio::test]
async fn one_without_a_way_to_renew_it_is_used_to_the_end() {
    let bench = Bench::with(&Tokens {
        refresh: None,
        ..tokens("access-token-1", -1)
    });
    let (source, endpoint) = bench.source(|| granted("access-token-2"));
    assert_eq!(signed_with(&source).await.unwrap(), "Bearer access-token-1");
    let used = source.current().await.unwrap();
    assert!(
        source.refresh(&used).await.unwrap().is_none(),
        "and a refusal stands"
    );
    assert_eq!(endpoint.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_refused_token_is_renewed_before_its_time_and_only_once() {
    let bench = Bench::with(&tokens("access-token-1", 600));
    let (source, endpoint) = bench.source(|| granted("access-token-2"));
    let refused = source.current().await.unwrap();
    for _ in 0..2 {
        let another = source.refresh(&refused).await.unwrap().unwrap();
        assert_eq!(
            another.headers().next().unwrap().1.expose(),
            "Bearer access-token-2"
        );
    }
    assert_eq!(endpoint.asked.load(Ordering::Relaxed), 1);
}
