//! Asking about accounts one by one, with several requests under way.

use crate::{AccountRef, Failure};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

/// Asks about each account, with up to `at_once` requests under way at any time, and gives what came of them in the order of the accounts.
/// The first failure ends it.
///
/// # Errors
/// What `ask` fails with.
pub async fn each<'a, T, F>(
    accounts: &'a [AccountRef],
    at_once: usize,
    ask: impl Fn(&'a AccountRef) -> F,
) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    stream::iter(accounts.iter().map(ask))
        .buffered(at_once.max(1))
        .try_collect()
        .await
}
