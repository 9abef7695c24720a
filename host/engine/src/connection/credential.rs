//! What signs a connection's requests: fixed secrets, or a token that is renewed.

use super::token_refresh::{self, Place, TokenSource};
use super::{Connections, SignIn};
use crate::Error;
use jiff::Timestamp;
use purser_egress::{Channel, CredentialSource, Fixed, Upstream};
use purser_model::{Connection, Description, Outcome};
use purser_store::{SealedCredential, SecretOf};
use purser_vault::oauth::{CallbackQuery, GrantKind, Provider, TokenEndpoint, Tokens};
use purser_vault::{FilledTemplate, Secret};
use std::sync::Arc;

/// What signs a connection's requests.
pub(crate) enum Signer {
    /// Secrets that are what they are, with the filled-in template they belong to.
    Fixed(Arc<Fixed>, Box<FilledTemplate>),
    /// A token that is renewed.
    Token(Arc<TokenSource>),
}

impl Signer {
    fn source(&self) -> Arc<dyn CredentialSource> {
        match self {
            Self::Fixed(fixed, _) => Arc::clone(fixed) as Arc<dyn CredentialSource>,
            Self::Token(source) => Arc::clone(source) as Arc<dyn CredentialSource>,
        }
    }

    pub(crate) fn filled(&self) -> &FilledTemplate {
        match self {
            Self::Fixed(_, filled) => filled,
            Self::Token(source) => source.filled(),
        }
    }

    /// What kept requests from being signed, if anything did. It goes before what a connector makes of it.
    pub(crate) fn trouble(&self) -> Option<Outcome> {
        match self {
            Self::Fixed(..) => None,
            Self::Token(source) => source.trouble(),
        }
    }

    /// Gives the token back, so that a credential which is not kept is of no use to anybody. As far as possible: nobody is left to tell.
    pub(crate) async fn give_back(&self) {
        if let Self::Token(source) = self
            && let Ok(provider) = Provider::new(source.filled(), &**source.endpoint())
            && let Err(error) = provider.revoke(&*source.latest().await).await
        {
            tracing::warn!(%error, "a token that is not kept could not be revoked");
        }
    }
}

/// A credential ready to be stored.
pub(crate) struct SealedUp {
    key_id: String,
    secrets: Vec<u8>,
    token: Option<SealedToken>,
}

struct SealedToken {
    tokens: Arc<Tokens>,
    sealed: Vec<u8>,
    missing_scopes: Vec<String>,
}

impl SealedUp {
    pub(crate) fn to_store(&self) -> SealedCredential<'_> {
        let token = self.token.as_ref().map(|token| {
            token_refresh::to_store(&token.tokens, &token.sealed, &token.missing_scopes)
        });
        SealedCredential {
            key_id: &self.key_id,
            secrets: &self.secrets,
            token,
        }
    }
}

impl Connections {
    /// The credential of a connection that is kept.
    pub(crate) fn credential(&self, connection: &Connection) -> Result<Signer, Error> {
        let template = self.templates.find(&connection.template)?;
        let secrets = self.keys.open_secrets(&connection.name)?;
        let filled = FilledTemplate::open(
            &template,
            connection.fields.clone(),
            &secrets,
            connection.private_network,
        )?;
        if template.grant().is_none() {
            return fixed(filled);
        }
        let vault = Arc::clone(self.keys.vault()?);
        let held = token_refresh::load(&self.store, &vault, &connection.name)?;
        let place = Place::Stored {
            store: Arc::clone(&self.store),
            vault,
            connection: connection.name.clone(),
        };
        self.token_source(place, filled, connection.private_network, held)
    }

    /// A credential for a connection that may be kept: where its template gets a token, gets the first one, from a person if need be.
    pub(crate) async fn first_credential(
        &self,
        filled: FilledTemplate,
        private_network: bool,
        sign_in: &dyn SignIn,
    ) -> Result<Signer, Error> {
        let Some(grant) = filled.template().grant() else {
            return fixed(filled);
        };
        let endpoint = self.token_endpoint(private_network)?;
        let provider = Provider::new(&filled, &*endpoint)?;
        let tokens = match grant {
            GrantKind::AuthorizationCode => {
                let callback = sign_in.callback().await?;
                let asking = provider.begin(&callback)?;
                let answer = sign_in.consent(&asking.url).await?;
                provider
                    .finish(asking, &CallbackQuery::parse(&answer), Timestamp::now())
                    .await?
            }
            GrantKind::ClientCredentials | GrantKind::JwtBearer => {
                provider.obtain(Timestamp::now()).await?
            }
        };
        self.token_source(Place::Memory, filled, private_network, (1, tokens))
    }

    fn token_source(
        &self,
        place: Place,
        filled: FilledTemplate,
        private_network: bool,
        held: (u64, Tokens),
    ) -> Result<Signer, Error> {
        let endpoint = self.token_endpoint(private_network)?;
        let source = TokenSource::new(place, filled, endpoint, Arc::clone(&self.refreshes), held)?;
        Ok(Signer::Token(Arc::new(source)))
    }

    fn token_endpoint(&self, private_network: bool) -> Result<Arc<dyn TokenEndpoint>, Error> {
        Ok(Arc::new(self.egress()?.token_endpoint(private_network)))
    }

    /// Seals a credential for the connection it was tried out for.
    pub(crate) async fn seal_up(
        &self,
        connection: &Connection,
        signer: &Signer,
    ) -> Result<SealedUp, Error> {
        let name = &connection.name;
        let secrets = self.keys.seal(
            &SecretOf::Connection(name.clone()),
            &signer.filled().secrets(),
        )?;
        let token = match signer {
            Signer::Fixed(..) => None,
            Signer::Token(source) => {
                let tokens = source.latest().await;
                let sealed = self
                    .keys
                    .seal(&SecretOf::Token(name.clone()), &tokens.document())?;
                let missing_scopes =
                    token_refresh::missing_scopes(source.filled(), &**source.endpoint(), &tokens);
                Some(SealedToken {
                    tokens,
                    sealed,
                    missing_scopes,
                })
            }
        };
        Ok(SealedUp {
            key_id: self.keys.vault()?.key_id().to_owned(),
            secrets,
            token,
        })
    }

    /// The way to a connection's application.
    pub(crate) fn client(
        &self,
        connection: &Connection,
        signer: &Signer,
        description: &Description,
    ) -> Result<Channel, Error> {
        let base_url = connection.base_url.clone();
        let private_network = connection.private_network;
        let retry = self.store.alias(&connection.alias)?.retry;
        let pace = self.rate_limiters.shared(connection, description.rate);
        let rate_limit_responses = description.rate_limit_responses.clone();
        let upstream = Upstream {
            base_url,
            credentials: signer.source(),
            private_network,
            pace,
            rate_limit_responses,
            retry,
        };
        Ok(self.egress()?.channel(upstream)?)
    }

    /// Waits until every token that was asked for is stored. Whoever ends the process before could lose one.
    pub async fn flush_pending_refreshes(&self) {
        drop(self.refreshes.write().await);
    }
}

fn fixed(filled: FilledTemplate) -> Result<Signer, Error> {
    let credential = Arc::new(filled.credential(None)?);
    Ok(Signer::Fixed(Arc::new(Fixed(credential)), Box::new(filled)))
}

/// Secrets as they were given, by the field they are for.
pub type Secrets = std::collections::BTreeMap<purser_model::FieldName, Secret>;
