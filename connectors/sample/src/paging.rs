//! Pages of Quayboard's lists: a limit, and a page token in the body.

use purser_sdk::prelude::*;
use serde::Deserialize;

/// An error body.
#[derive(Deserialize)]
struct Problem {
    error: Code,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// Fetches the page of a list that the request names.
pub(crate) async fn page(
    app: &Client,
    list: &str,
    request: &ReadRequest,
) -> Result<Response, Failure> {
    let page = app
        .get(list)
        .query("limit", request.page_size)
        .query_if("cursor", request.cursor.as_deref());
    let response = page.send().await?;

    if response.status() == 400 && code(&response).as_deref() == Some("bad_cursor") {
        return Err(Failure::CheckpointInvalid(
            "Quayboard no longer knows the cursor".into(),
        ));
    }

    response.ok()
}

/// Returns the error code of a response.
pub(crate) fn code(response: &Response) -> Option<String> {
    response
        .json::<Problem>()
        .ok()
        .map(|problem| problem.error.code)
}
