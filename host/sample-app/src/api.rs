//! The routes of the API, and the handlers of everything but exports.

use crate::api_error::{ApiError, json_response};
use crate::export_api;
use crate::fault::Fault;
use crate::middleware::process;
use crate::page_query::{MemberPage, PageQuery, cursor_for};
use crate::scope::Scope;
use crate::state::{ServerState, SharedState};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde_json::json;
use std::sync::{Arc, MutexGuard};

type Shared = State<Arc<SharedState>>;

/// Returns the router of the whole application.
pub(crate) fn router(shared: Arc<SharedState>) -> Router {
    let api = Router::new()
        .route("/me", get(me))
        .route("/members", get(members))
        .route("/members/{id}", get(member))
        .route("/members/{id}/activity", get(member_activity))
        .route("/members/{id}/seats/{plan}", delete(remove_seat))
        .route("/members/{id}/suspend", post(suspend))
        .route("/activity", get(activity))
        .route("/plans", get(plans))
        .route("/exports", post(export_api::create))
        .route("/exports/{id}", get(export_api::state))
        .route("/exports/{id}/file", get(export_api::file));

    Router::new()
        .nest("/api/v1", api)
        .fallback(async || ApiError::UnknownPath)
        .layer(from_fn_with_state(Arc::clone(&shared), process))
        .with_state(shared)
}

fn ok(text: String) -> Response {
    json_response(StatusCode::OK, text)
}

/// Locks the state if the token has a scope.
fn lock_with_scope(
    shared: &SharedState,
    scope: Scope,
) -> Result<MutexGuard<'_, ServerState>, ApiError> {
    let state = shared.lock();

    if state.has_scope(scope) {
        Ok(state)
    } else {
        Err(ApiError::MissingScope(scope))
    }
}

async fn me(State(shared): Shared) -> Response {
    let state = shared.lock();
    let scopes: Vec<_> = Scope::ALL
        .into_iter()
        .filter(|scope| state.has_scope(*scope))
        .collect();

    let body = json!({
        "login": "licence-desk",
        "workspace": "Northbridge Instruments",
        "scopes": scopes,
    });
    ok(body.to_string())
}

async fn members(
    State(shared): Shared,
    Query(query): Query<PageQuery>,
) -> Result<Response, ApiError> {
    let mut state = lock_with_scope(&shared, Scope::MembersRead)?;
    state.apply_membership_faults(query.offset());
    let page = query.resolve(&shared, &state)?;

    let unavailable = Fault::UnavailableOnce { page: page.number };
    if let Some(index) = state.faults.iter().position(|fault| *fault == unavailable) {
        state.faults.remove(index);
        return Err(ApiError::Unavailable);
    }

    Ok(ok(members_body(&state, &page)))
}

/// Returns a page of members with the page's faults.
fn members_body(state: &ServerState, page: &MemberPage) -> String {
    let mut rows = state.workspace.members(page.range.clone());
    let mut next = page.next_cursor();
    let mut is_cut = false;
    for fault in &state.faults {
        match *fault {
            Fault::MalformedJson { page: number } => is_cut |= number == page.number,
            Fault::DuplicateInPage { page: number } if number == page.number => {
                rows.extend(rows.first().copied());
            }
            Fault::DuplicateOfPreviousPage { page: number } if number == page.number => {
                let previous = page.range.start.saturating_sub(1)..page.range.start;
                rows.splice(0..0, state.workspace.members(previous));
            }
            Fault::CursorTo {
                page: number,
                back_to,
            } if number == page.number => next = Some(cursor_for(back_to * page.limit)),
            Fault::EndsEarly { members } if page.range.end >= members => {
                rows.truncate(members.saturating_sub(page.range.start));
                next = None;
            }
            Fault::EmptyPages => {
                rows.clear();
                next = Some(cursor_for(page.range.start + 1));
            }
            _ => {}
        }
    }

    let mut body = page.body("members", &rows.join(","), next);
    if is_cut {
        body.truncate(body.floor_char_boundary(body.len() / 2));
    }

    body
}

async fn activity(
    State(shared): Shared,
    Query(query): Query<PageQuery>,
) -> Result<Response, ApiError> {
    let state = lock_with_scope(&shared, Scope::ActivityRead)?;
    let page = query.resolve(&shared, &state)?;
    let rows = state.workspace.activity(page.range.clone());

    Ok(ok(page.body("activity", &rows, page.next_cursor())))
}

async fn member_activity(
    State(shared): Shared,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let state = lock_with_scope(&shared, Scope::ActivityRead)?;
    let rows = state.workspace.member_activity(&id)?;

    Ok(ok(format!(r#"{{"activity":[{rows}]}}"#)))
}

async fn plans(State(shared): Shared) -> Result<Response, ApiError> {
    let state = lock_with_scope(&shared, Scope::BillingRead)?;

    Ok(ok(json!({ "plans": state.workspace.plans() }).to_string()))
}

async fn member(State(shared): Shared, Path(id): Path<String>) -> Result<Response, ApiError> {
    let state = lock_with_scope(&shared, Scope::MembersRead)?;

    Ok(ok(state.workspace.member(&id)?.to_owned()))
}

async fn remove_seat(
    State(shared): Shared,
    Path((id, plan)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let mut state = lock_with_scope(&shared, Scope::MembersWrite)?;
    state.workspace.remove_seat(&id, &plan)?;

    Ok(StatusCode::NO_CONTENT)
}

async fn suspend(State(shared): Shared, Path(id): Path<String>) -> Result<Response, ApiError> {
    let mut state = lock_with_scope(&shared, Scope::MembersWrite)?;

    Ok(ok(state.workspace.suspend(&id)?.to_owned()))
}
