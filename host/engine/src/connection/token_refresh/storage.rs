//! Tokens in the store: sealed, with the scopes that they lack.

use crate::{Error, keys};
use purser_model::ConnectionName;
use purser_store::{NewToken, SecretOwner, Store, StoredToken};
use purser_vault::oauth::{Provider, TokenEndpoint, Tokens};
use purser_vault::{Sealed, TemplateInstance, Vault};
use std::sync::Arc;

/// Place where refreshed tokens are kept.
#[derive(Clone)]
pub(in crate::connection) enum TokenStorage {
    /// Memory only: the connection is not stored yet.
    Memory,
    /// The store, shared with other processes.
    Stored {
        store: Arc<Store>,
        vault: Arc<Vault>,
        connection: ConnectionName,
    },
}

/// Borrows a token in the form that the store takes.
pub(in crate::connection) fn to_store<'a>(
    tokens: &Tokens,
    sealed: &'a [u8],
    missing_scopes: &'a [String],
) -> NewToken<'a> {
    NewToken {
        sealed,
        obtained_at: tokens.obtained_at,
        expires_at: tokens.expires_at,
        authorized_until: tokens.refresh_expires_at,
        missing_scopes,
    }
}

/// Returns the scopes that a template asks for and a token lacks.
pub(in crate::connection) fn missing_scopes(
    filled: &TemplateInstance,
    endpoint: &dyn TokenEndpoint,
    tokens: &Tokens,
) -> Vec<String> {
    let wanted = Provider::new(filled, endpoint)
        .map(|provider| provider.requested_scopes())
        .unwrap_or_default();

    wanted
        .into_iter()
        .filter(|scope| !tokens.scopes.contains(scope))
        .collect()
}

/// Loads a connection's token, with its generation.
pub(in crate::connection) fn load(
    store: &Store,
    vault: &Vault,
    connection: &ConnectionName,
) -> Result<(u64, Tokens), Error> {
    let StoredToken { generation, sealed } = store.token(connection)?;
    let context = keys::context(&SecretOwner::Token(connection.clone()));
    let document = vault.unseal(&context, &Sealed::from_bytes(sealed))?;

    Ok((generation, Tokens::open(&document)?))
}
