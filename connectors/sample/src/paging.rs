//! Quayboard's lists: a limit, and a cursor in the body.

use purser_sdk::prelude::*;
use serde::Deserialize;

/// An error, as far as it matters here.
#[derive(Deserialize)]
struct Problem {
    error: Code,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// Asks for the page of a list that the request is about.
pub(crate) async fn page(
    app: &Client,
    list: &str,
    request: &ReadRequest,
) -> Result<Response, Failure> {
    let ask = app
        .get(list)
        .query("limit", request.page_size)
        .query_if("cursor", request.cursor.as_deref());
    let response = ask.send().await?;
    if response.status() == 400 && code(&response).as_deref() == Some("bad_cursor") {
        return Err(Failure::CheckpointInvalid(
            "Quayboard no longer knows the cursor".into(),
        ));
    }
    response.ok()
}

/// The word for what is wrong.
pub(crate) fn code(response: &Response) -> Option<String> {
    response
        .json::<Problem>()
        .ok()
        .map(|problem| problem.error.code)
}
