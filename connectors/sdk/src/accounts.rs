//! Requests per account, several in flight at once.

use crate::{AccountRef, Failure};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

/// Calls `fetch` for each account, with up to `concurrency` calls in flight, and returns the
/// results in the order of the accounts.
///
/// # Errors
/// The first failure of `fetch`. Later accounts are then not fetched.
pub async fn map_accounts<'a, T, F>(
    accounts: &'a [AccountRef],
    concurrency: usize,
    fetch: impl Fn(&'a AccountRef) -> F,
) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    stream::iter(accounts.iter().map(fetch))
        .buffered(concurrency.max(1))
        .try_collect()
        .await
}
