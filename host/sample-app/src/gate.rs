//! What every request passes before its handler: the count, the faults that concern any path, the token, the rate limit.

use crate::fault::Fault;
use crate::problem::Problem;
use crate::server::Shared;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Lets a request through, or answers it.
pub(crate) async fn gate(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let asked = format!(
        "{} {}",
        request.method(),
        target.trim_start_matches("/api/v1")
    );
    let faults = arrive(&shared);
    if faults.dead {
        shared.died.notify_one();
        // The connection breaks off when the runtime goes.
        return pending().await;
    }
    // Even a sleep of nothing lasts to the timer's next millisecond: longer than a page takes.
    if !faults.latency.is_zero() {
        tokio::time::sleep(faults.latency).await;
    }
    let response = if faults.revoked || !has_token(&shared, request.headers()) {
        Problem::BadToken.into_response()
    } else if !shared
        .live()
        .limiter
        .as_mut()
        .is_none_or(|limiter| limiter.take(Instant::now()))
    {
        Problem::TooMany.into_response()
    } else if let Some((status, retry_after)) = faults.limited {
        limited(status, retry_after)
    } else {
        next.run(request).await
    };
    let mut live = shared.live();
    live.at_once.0 = live.at_once.0.saturating_sub(1);
    live.answers.add(asked, response.status().as_u16());
    drop(live);
    response
}

/// What is wrong with the server for this request, whatever it asks for.
#[derive(Default)]
struct Ailing {
    dead: bool,
    revoked: bool,
    latency: Duration,
    limited: Option<(u16, Option<u32>)>,
}

/// Counts the request, and looks up what is wrong.
fn arrive(shared: &Shared) -> Ailing {
    let mut live = shared.live();
    live.requests += 1;
    let (now, most) = live.at_once;
    live.at_once = (now + 1, most.max(now + 1));
    let mut ailing = Ailing::default();
    for fault in &live.faults {
        match *fault {
            Fault::DiesAfter { requests } => ailing.dead |= live.requests > requests,
            Fault::TokenRevokedAfter { requests } => ailing.revoked |= live.requests > requests,
            Fault::Limits {
                after,
                requests,
                status,
                retry_after,
            } if (after + 1..=after + requests).contains(&live.requests) => {
                ailing.limited = Some((status, retry_after));
            }
            Fault::Slow { each } => ailing.latency = each,
            _ => {}
        }
    }
    ailing
}

fn limited(status: u16, retry_after: Option<u32>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::TOO_MANY_REQUESTS);
    let mut response = (status, "rate limit exceeded").into_response();
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn has_token(shared: &Shared, headers: &HeaderMap) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    given
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|token| token == shared.token)
}
