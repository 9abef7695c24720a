//! A token endpoint with scripted responses that records its requests, and settings to vary.

use crate::Secret;
use crate::oauth::{
    CallbackQuery, GrantType, OAuthError, OAuthSettings, PendingAuthorization, Provider,
    SigningAlgorithm, TokenAuth, TokenEndpoint, TokenRequest, TokenRequestError, TokenResponse,
    Tokens,
};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{Blame, Blamed, Timestamp};
use std::collections::BTreeMap;
use std::sync::Mutex;
use url::Url;

pub(crate) const REDIRECT: &str = "http://127.0.0.1:4180/callback?app=acme";
pub(crate) const SECRET: &str = "client-s3cret/+&";
pub(crate) const CODE: &str = "the-code/1";

/// Recorded request.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) url: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) form: Vec<(String, String)>,
}

impl Sent {
    /// Returns the only value of a field.
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
    answers: Mutex<Vec<Result<TokenResponse, TokenRequestError>>>,
    sent: Mutex<Vec<Sent>>,
}

impl Script {
    /// Responds with this, once; a second request fails the test.
    pub(crate) fn with(status: u16, body: &str) -> Self {
        Self::default().then(status, body)
    }

    pub(crate) fn then(self, status: u16, body: &str) -> Self {
        self.answers.lock().unwrap().push(Ok(TokenResponse {
            status,
            date: None,
            body: body.into(),
        }));

        self
    }

    pub(crate) fn then_bytes(self, status: u16, body: Vec<u8>) -> Self {
        self.answers.lock().unwrap().push(Ok(TokenResponse {
            status,
            date: None,
            body,
        }));

        self
    }

    pub(crate) fn dated(status: u16, body: &str, date: &str) -> Self {
        let script = Self::default();
        let answer = TokenResponse {
            status,
            date: Some(date.to_owned()),
            body: body.into(),
        };

        script.answers.lock().unwrap().push(Ok(answer));
        script
    }

    pub(crate) fn silent(message: &str, unsent: bool) -> Self {
        let script = Self::default();
        let unanswered = TokenRequestError {
            message: message.to_owned(),
            unsent,
            blame: Blame::Upstream,
        };

        script.answers.lock().unwrap().push(Err(unanswered));
        script
    }

    pub(crate) fn all_sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// Returns the only request.
    pub(crate) fn sent(&self) -> Sent {
        let mut sent = self.all_sent();
        assert_eq!(sent.len(), 1);
        sent.remove(0)
    }
}

impl TokenEndpoint for Script {
    fn post(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<TokenResponse, TokenRequestError>> {
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

pub(crate) fn settings(grant: GrantType) -> OAuthSettings {
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
        token_types: Vec::new(),
        lifetime: None,
        margin: 60,
        refresh_token_lifetime: None,
        metadata: Vec::new(),
        signs_bearer: true,
    }
}

pub(crate) fn consent() -> OAuthSettings {
    settings(GrantType::AuthorizationCode)
}

pub(crate) fn params(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Runs a future that is ready at once, as those of the scripted endpoint are.
pub(crate) fn run<T>(future: impl Future<Output = T> + Send) -> T {
    future.now_or_never().unwrap()
}

pub(crate) fn begin(settings: &OAuthSettings) -> PendingAuthorization {
    provider(settings, &Script::default())
        .ok()
        .unwrap()
        .begin(&Url::parse(REDIRECT).unwrap())
        .ok()
        .unwrap()
}

/// Returns the query with which the browser returns.
pub(crate) fn callback(pending: &PendingAuthorization, params: &[(&str, &str)]) -> CallbackQuery {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .extend_pairs(params)
        .append_pair("state", pending.state().expose());
    CallbackQuery::parse(&query.finish())
}

/// Completes an authorization and exchanges the code.
pub(crate) fn exchange(settings: &OAuthSettings, script: &Script) -> Result<Tokens, OAuthError> {
    let pending = begin(settings);
    let answer = callback(&pending, &[("code", CODE)]);
    run(provider(settings, script)?.finish(pending, &answer, now()))
}

/// Returns the tokens of an exchange whose response has these members.
pub(crate) fn exchanged(settings: &OAuthSettings, answer: &str) -> Tokens {
    exchange(settings, &Script::with(200, answer)).unwrap()
}

pub(crate) fn refresh(
    settings: &OAuthSettings,
    tokens: &Tokens,
    script: &Script,
) -> Result<Tokens, OAuthError> {
    run(provider(settings, script)?.refresh(tokens, now()))
}

/// Returns tokens with a refresh token, obtained an hour ago.
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

/// Returns everything that an error shows anywhere.
pub(crate) fn shown(error: &OAuthError) -> String {
    format!("{error} {error:?} {:?}", error.next_step())
}

/// Makes a client of a copy of the settings.
pub(crate) fn provider<'a>(
    settings: &OAuthSettings,
    endpoint: &'a dyn TokenEndpoint,
) -> Result<Provider<'a>, OAuthError> {
    Provider::from_settings(duplicate(settings), endpoint)
}

fn duplicate(settings: &OAuthSettings) -> OAuthSettings {
    OAuthSettings {
        grant: settings.grant,
        authorization_url: settings.authorization_url.clone(),
        token_url: settings.token_url.clone(),
        revocation_url: settings.revocation_url.clone(),
        client_id: settings.client_id.clone(),
        client_secret: settings.client_secret.as_ref().map(Secret::duplicate),
        token_auth: settings.token_auth,
        private_key: settings.private_key.as_ref().map(Secret::duplicate),
        key_id: settings.key_id.clone(),
        algorithm: settings.algorithm,
        scopes: settings.scopes.clone(),
        scope_separator: settings.scope_separator.clone(),
        issuer: settings.issuer.clone(),
        subject: settings.subject.clone(),
        audience: settings.audience.clone(),
        claims: settings.claims.clone(),
        assertion_lifetime: settings.assertion_lifetime,
        authorization_params: settings.authorization_params.clone(),
        token_params: settings.token_params.clone(),
        token_path: settings.token_path.clone(),
        token_types: settings.token_types.clone(),
        lifetime: settings.lifetime,
        margin: settings.margin,
        refresh_token_lifetime: settings.refresh_token_lifetime,
        metadata: settings.metadata.clone(),
        signs_bearer: settings.signs_bearer,
    }
}
