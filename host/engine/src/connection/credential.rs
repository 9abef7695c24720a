//! Credential of a connection: static secrets, or a token that is refreshed.

use super::interactive::SignIn;
use super::service::Connections;
use super::token_refresh::{self, TokenSource, TokenStorage};
use crate::Error;
use jiff::Timestamp;
use purser_egress::{ClientConfig, ConnectionClient, CredentialSource, StaticCredential};
use purser_model::{Connection, Description, FieldName, Outcome};
use purser_store::{SealedCredential, SecretOwner};
use purser_vault::oauth::{CallbackQuery, GrantType, Provider, TokenEndpoint, Tokens};
use purser_vault::{Secret, TemplateInstance};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Secret values of a template's fields.
pub type Secrets = BTreeMap<FieldName, Secret>;

/// Credential of a connection, ready to be put on requests.
pub(crate) enum ConnectionCredential {
    /// Secrets that never change.
    Static(Arc<StaticCredential>, Box<TemplateInstance>),
    /// A token that is refreshed.
    Token(Arc<TokenSource>),
}

impl ConnectionCredential {
    fn source(&self) -> Arc<dyn CredentialSource> {
        match self {
            Self::Static(fixed, _) => Arc::clone(fixed) as Arc<dyn CredentialSource>,
            Self::Token(source) => Arc::clone(source) as Arc<dyn CredentialSource>,
        }
    }

    fn filled(&self) -> &TemplateInstance {
        match self {
            Self::Static(_, filled) => filled,
            Self::Token(source) => source.filled(),
        }
    }

    /// Returns why no usable token could be obtained, if that happened.
    pub(crate) fn refresh_failure(&self) -> Option<Outcome> {
        match self {
            Self::Static(..) => None,
            Self::Token(source) => source.refresh_failure(),
        }
    }

    /// Revokes a token that is not kept. A failure is logged only: the token expires anyway.
    pub(super) async fn revoke(&self) {
        if let Self::Token(source) = self
            && let Ok(provider) = Provider::new(source.filled(), &**source.endpoint())
            && let Err(error) = provider.revoke(&*source.latest().await).await
        {
            tracing::warn!(%error, "a token that is not kept could not be revoked");
        }
    }
}

/// Credential sealed for the store.
pub(super) struct SealedBundle {
    key_id: String,
    secrets: Vec<u8>,
    token: Option<SealedToken>,
}

struct SealedToken {
    tokens: Arc<Tokens>,
    sealed: Vec<u8>,
    missing_scopes: Vec<String>,
}

impl SealedBundle {
    /// Borrows the bundle in the form that the store takes.
    pub(super) fn to_store(&self) -> SealedCredential<'_> {
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
    /// Opens the stored credential of a connection.
    pub(crate) fn credential(
        &self,
        connection: &Connection,
    ) -> Result<ConnectionCredential, Error> {
        let template = self.templates.find(&connection.template)?;
        let secrets = self.keys.open_secrets(&connection.name)?;
        let filled = TemplateInstance::open(
            &template,
            connection.fields.clone(),
            &secrets,
            connection.private_network,
        )?;
        if template.grant().is_none() {
            return static_credential(filled);
        }

        let vault = Arc::clone(self.keys.vault()?);
        let current = token_refresh::load(&self.store, &vault, &connection.name)?;
        let storage = TokenStorage::Stored {
            store: Arc::clone(&self.store),
            vault,
            connection: connection.name.clone(),
        };
        self.token_source(storage, filled, connection.private_network, current)
    }

    /// Obtains a new credential, signing a person in if the template needs it. Nothing is stored.
    pub(super) async fn first_credential(
        &self,
        filled: TemplateInstance,
        private_network: bool,
        sign_in: &dyn SignIn,
    ) -> Result<ConnectionCredential, Error> {
        let Some(grant) = filled.template().grant() else {
            return static_credential(filled);
        };

        let endpoint = self.token_endpoint(private_network);
        let provider = Provider::new(&filled, &*endpoint)?;
        let tokens = match grant {
            GrantType::AuthorizationCode => {
                let callback = sign_in.callback().await?;
                let pending = provider.begin(&callback)?;
                let query = sign_in.consent(&pending.url).await?;
                let query = CallbackQuery::parse(&query);
                provider.finish(pending, &query, Timestamp::now()).await?
            }
            GrantType::ClientCredentials | GrantType::JwtBearer => {
                provider.obtain(Timestamp::now()).await?
            }
        };

        self.token_source(TokenStorage::Memory, filled, private_network, (1, tokens))
    }

    fn token_source(
        &self,
        storage: TokenStorage,
        filled: TemplateInstance,
        private_network: bool,
        current: (u64, Tokens),
    ) -> Result<ConnectionCredential, Error> {
        let endpoint = self.token_endpoint(private_network);
        let refreshes = Arc::clone(&self.refreshes);
        let source = TokenSource::new(storage, filled, endpoint, refreshes, current)?;

        Ok(ConnectionCredential::Token(Arc::new(source)))
    }

    fn token_endpoint(&self, private_network: bool) -> Arc<dyn TokenEndpoint> {
        Arc::new(self.egress().token_endpoint(private_network))
    }

    /// Seals a credential under the vault's key.
    pub(super) async fn seal_credential(
        &self,
        connection: &Connection,
        credential: &ConnectionCredential,
    ) -> Result<SealedBundle, Error> {
        let name = &connection.name;
        let secrets = credential.filled().secrets();
        let secrets = self
            .keys
            .seal(&SecretOwner::Connection(name.clone()), &secrets)?;

        let token = match credential {
            ConnectionCredential::Static(..) => None,
            ConnectionCredential::Token(source) => {
                let tokens = source.latest().await;
                let owner = SecretOwner::Token(name.clone());
                Some(SealedToken {
                    sealed: self.keys.seal(&owner, &tokens.document())?,
                    missing_scopes: token_refresh::missing_scopes(
                        source.filled(),
                        &**source.endpoint(),
                        &tokens,
                    ),
                    tokens,
                })
            }
        };

        Ok(SealedBundle {
            key_id: self.keys.vault()?.key_id().to_owned(),
            secrets,
            token,
        })
    }

    /// Returns the client for a connection's requests, as a connector with this description needs
    /// it.
    pub(crate) fn client(
        &self,
        connection: &Connection,
        credential: &ConnectionCredential,
        description: &Description,
    ) -> Result<ConnectionClient, Error> {
        let upstream = ClientConfig {
            base_url: connection.base_url.clone(),
            credentials: credential.source(),
            private_network: connection.private_network,
            rate_limiter: self.rate_limiters.shared(connection, description.rate),
            rate_limit_responses: description.rate_limit_responses.clone(),
            retry: self.store.alias(&connection.alias)?.retry,
        };

        Ok(self.egress().client(upstream)?)
    }

    /// Waits until every token refresh in progress is stored. To be called before the process ends.
    pub async fn flush_pending_refreshes(&self) {
        drop(self.refreshes.write().await);
    }
}

fn static_credential(filled: TemplateInstance) -> Result<ConnectionCredential, Error> {
    let credential = Arc::new(filled.credential(None)?);
    Ok(ConnectionCredential::Static(
        Arc::new(StaticCredential(credential)),
        Box::new(filled),
    ))
}
