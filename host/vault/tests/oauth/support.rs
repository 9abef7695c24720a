//! A token endpoint that answers by a script and keeps what it was sent, and settings to vary.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{Blame, Blamed, Timestamp};
use purser_vault::Secret;
use purser_vault::oauth::{
    Asking, CallbackQuery, GrantKind, OAuthError, OAuthSettings, Provider, SigningAlgorithm,
    TokenAnswer, TokenAuth, TokenEndpoint, TokenRequest, Tokens, Unanswered,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use url::Url;

pub(crate) const REDIRECT: &str = "http://127.0.0.1:4180/callback?app=acme";
pub(crate) const SECRET: &str = "client-s3cret/+&";
pub(crate) const CODE: &str = "the-code/1";

/// What the endpoint was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) url: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) form: Vec<(String, String)>,
}

impl Sent {
    /// The only value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self
            .form
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} twice");
        value
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.form.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}

#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<Vec<Result<TokenAnswer, Unanswered>>>,
    sent: Mutex<Vec<Sent>>,
}

impl Script {
    /// Answers with this, once; a second request is a test's failure.
    pub(crate) fn with(status: u16, body: &str) -> Self {
        Self::default().then(status, body)
    }

    pub(crate) fn then(self, status: u16, body: &str) -> Self {
        self.answers.lock().unwrap().push(Ok(TokenAnswer {
            status,
            date: None,
            body: body.into(),
        }));
        self
    }

    pub(crate) fn dated(status: u16, body: &str, date: &str) -> Self {
        let script = Self::default();
        let answer = TokenAnswer {
            status,
            date: Some(date.to_owned()),
            body: body.into(),
        };
        script.answers.lock().unwrap().push(Ok(answer));
        script
    }

    pub(crate) fn silent(what: &str, unsent: bool) -> Self {
        let script = Self::default();
        let unanswered = Unanswered {
            what: what.to_owned(),
            unsent,
            blame: Blame::Upstream,
        };
        script.answers.lock().unwrap().push(Err(unanswered));
        script
    }

    pub(crate) fn all_sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// The only request.
    pub(crate) fn sent(&self) -> Sent {
        let mut sent = self.all_sent();
        assert_eq!(sent.len(), 1);
        sent.remove(0)
    }
}

impl TokenEndpoint for Script {
    fn post(&self, request: TokenRequest) -> BoxFuture<'_, Result<TokenAnswer, Unanswered>> {
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.expose().to_owned()));
        let form = url::form_urlencoded::parse(request.body.expose().as_bytes())
            .into_owned()
            .collect();
        let sent = Sent {
            url: request.url.into(),
            headers: headers.collect(),
            form,
        };
        self.sent.lock().unwrap().push(sent);
        let answer = self.answers.lock().unwrap().remove(0);
        Box::pin(async move { answer })
    }
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(crate) fn now() -> Timestamp {
    second(1_800_000_000)
}

pub(crate) fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn settings(grant: GrantKind) -> OAuthSettings {
    OAuthSettings {
        grant,
        authorization_url: Some(Url::parse("https://acme.example/authorize?tenant=7").unwrap()),
        token_url: Url::parse("https://acme.example/token?tenant=7").unwrap(),
        revocation_url: None,
        client_id: Some("client-1".into()),
        client_secret: Some(secret(SECRET)),
        token_auth: TokenAuth::Basic,
        private_key: None,
        key_id: None,
        algorithm: SigningAlgorithm::RS256,
        scopes: vec!["users:read".into(), "audit".into()],
        scope_separator: " ".into(),
        issuer: None,
        subject: None,
        audience: None,
        claims: BTreeMap::new(),
        assertion_lifetime: 300,
        authorization_params: BTreeMap::new(),
        token_params: BTreeMap::new(),
        token_path: OAuthSettings::TOKEN_PATH.into(),
        lifetime: None,
        margin: 60,
        refresh_token_lifetime: None,
        metadata: Vec::new(),
        signs_bearer: true,
    }
}

pub(crate) fn consent() -> OAuthSettings {
    settings(GrantKind::AuthorizationCode)
}

pub(crate) fn params(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The scripted endpoint answers at once.
pub(crate) fn run<T>(future: impl Future<Output = T> + Send) -> T {
    future.now_or_never().unwrap()
}

pub(crate) fn begin(settings: &OAuthSettings) -> Asking {
    Provider::of(settings, &Script::default())
        .ok()
        .unwrap()
        .begin(&Url::parse(REDIRECT).unwrap())
        .ok()
        .unwrap()
}

/// The query that a browser brings back.
pub(crate) fn callback(asking: &Asking, params: &[(&str, &str)]) -> CallbackQuery {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .extend_pairs(params)
        .append_pair("state", asking.state().expose());
    CallbackQuery::parse(&query.finish())
}

/// A person consents, and the code is exchanged.
pub(crate) fn exchange(settings: &OAuthSettings, script: &Script) -> Result<Tokens, OAuthError> {
    let asking = begin(settings);
    let answer = callback(&asking, &[("code", CODE)]);
    run(Provider::of(settings, script)?.finish(asking, &answer, now()))
}

/// What an answer with these members makes of the exchange.
pub(crate) fn exchanged(settings: &OAuthSettings, answer: &str) -> Tokens {
    exchange(settings, &Script::with(200, answer)).unwrap()
}

pub(crate) fn renew(
    settings: &OAuthSettings,
    tokens: &Tokens,
    script: &Script,
) -> Result<Tokens, OAuthError> {
    run(Provider::of(settings, script)?.renew(tokens, now()))
}

/// Tokens with a refresh token, as they were got an hour ago.
pub(crate) fn former() -> Tokens {
    Tokens {
        access: secret("former-access"),
        refresh: Some(secret("refresh/+1")),
        obtained_at: second(1_799_996_400),
        expires_at: Some(now()),
        refresh_expires_at: Some(second(1_900_000_000)),
        margin: 60,
        scopes: vec!["users:read".into()],
        rotates: None,
        metadata: BTreeMap::from([("instance".parse().unwrap(), "eu".to_owned())]),
    }
}

/// All that an error shows anywhere.
pub(crate) fn shown(error: &OAuthError) -> String {
    format!("{error} {error:?} {:?}", error.next_step())
}
