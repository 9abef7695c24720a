//! The steps before every handler: counting, fault injection, authentication and rate limiting.

use crate::api_error::ApiError;
use crate::fault::Fault;
use crate::state::{ServerState, SharedState};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Processes a request: injects faults, checks token and rate limit, and runs the handler.
pub(crate) async fn process(
    State(shared): State<Arc<SharedState>>,
    request: Request,
    next: Next,
) -> Response {
    let name = request_name(&request);
    let faults = begin_request(&mut shared.lock());

    if faults.crashed {
        shared.stop.notify_one();
        // The connection breaks when the runtime stops.
        return pending().await;
    }
    // Even a sleep of zero lasts until the timer's next millisecond, longer than a page takes.
    if !faults.latency.is_zero() {
        tokio::time::sleep(faults.latency).await;
    }

    let response = if faults.token_revoked || !has_token(&shared, request.headers()) {
        ApiError::BadToken.into_response()
    } else if !is_within_rate_limit(&mut shared.lock()) {
        ApiError::TooManyRequests.into_response()
    } else if let Some(rate_limited) = faults.rate_limited {
        rate_limited.into_response()
    } else {
        next.run(request).await
    };

    end_request(&mut shared.lock(), name, response.status());
    response
}

/// The response of an injected rate limit.
struct RateLimited {
    status: u16,
    /// Value of `Retry-After` in seconds; absent for no such header.
    retry_after: Option<u32>,
}

impl IntoResponse for RateLimited {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::TOO_MANY_REQUESTS);
        let mut response = (status, "rate limit exceeded").into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }

        response
    }
}

/// The faults that concern one request, independent of its path.
#[derive(Default)]
struct RequestFaults {
    crashed: bool,
    token_revoked: bool,
    latency: Duration,
    rate_limited: Option<RateLimited>,
}

/// Counts a request and returns its faults.
fn begin_request(state: &mut ServerState) -> RequestFaults {
    state.requests += 1;
    state.in_flight += 1;
    state.max_in_flight = state.max_in_flight.max(state.in_flight);

    let mut found = RequestFaults::default();
    for fault in &state.faults {
        match *fault {
            Fault::CrashesAfter { requests } => found.crashed |= state.requests > requests,
            Fault::TokenRevokedAfter { requests } => {
                found.token_revoked |= state.requests > requests;
            }
            Fault::RateLimits {
                after,
                requests,
                status,
                retry_after,
            } if (after + 1..=after + requests).contains(&state.requests) => {
                found.rate_limited = Some(RateLimited {
                    status,
                    retry_after,
                });
            }
            Fault::Slow { each } => found.latency = each,
            _ => {}
        }
    }

    found
}

fn end_request(state: &mut ServerState, name: String, status: StatusCode) {
    state.in_flight = state.in_flight.saturating_sub(1);
    state.responses.record(name, status.as_u16());
}

/// Returns method, path and query, without the prefix of the API: `GET /members?limit=100`.
fn request_name(request: &Request) -> String {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());

    format!(
        "{} {}",
        request.method(),
        target.trim_start_matches("/api/v1")
    )
}

fn is_within_rate_limit(state: &mut ServerState) -> bool {
    state
        .rate_limit
        .as_mut()
        .is_none_or(|bucket| bucket.try_take(Instant::now()))
}

fn has_token(shared: &SharedState, headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|token| token == shared.token)
}
