//! The API: one handler a path.

use crate::export;
use crate::fault::{Fault, Scope};
use crate::gate::gate;
use crate::paging::{Paging, cursor_at};
use crate::problem::{Problem, json_text};
use crate::server::{Live, Shared};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde_json::json;
use std::sync::{Arc, MutexGuard};

type App = State<Arc<Shared>>;

/// The whole application.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    let api = Router::new()
        .route("/me", get(me))
        .route("/members", get(members))
        .route("/members/{id}", get(member))
        .route("/members/{id}/activity", get(activity_of))
        .route("/members/{id}/seats/{plan}", delete(remove_seat))
        .route("/members/{id}/suspend", post(suspend))
        .route("/activity", get(activity))
        .route("/plans", get(plans))
        .route("/exports", post(export::begin))
        .route("/exports/{id}", get(export::state))
        .route("/exports/{id}/file", get(export::file));
    Router::new()
        .nest("/api/v1", api)
        .fallback(async || Problem::NoPath)
        .layer(from_fn_with_state(Arc::clone(&shared), gate))
        .with_state(shared)
}

fn ok(text: String) -> Response {
    json_text(StatusCode::OK, text)
}

/// The state, for those whose token has the scope.
fn with(shared: &Shared, scope: Scope) -> Result<MutexGuard<'_, Live>, Problem> {
    let live = shared.live();
    if live.grants(scope) {
        Ok(live)
    } else {
        Err(Problem::MissingScope(scope))
    }
}

async fn me(State(shared): App) -> Response {
    let live = shared.live();
    let scopes: Vec<_> = Scope::ALL
        .into_iter()
        .filter(|scope| live.grants(*scope))
        .collect();
    ok(json!({ "login": "licence-desk", "workspace": "Northbridge Instruments", "scopes": scopes }).to_string())
}

async fn members(State(shared): App, Query(paging): Query<Paging>) -> Result<Response, Problem> {
    let mut live = with(&shared, Scope::MembersRead)?;
    live.move_about(&paging);
    let place = paging.place(&shared, &live)?;
    let unavailable = Fault::UnavailableOnce { page: place.number };
    if let Some(index) = live.faults.iter().position(|fault| *fault == unavailable) {
        live.faults.remove(index);
        return Err(Problem::Unavailable);
    }
    let mut rows = live.workspace.members(place.range.clone());
    let mut next = place.next_cursor();
    let mut cut = false;
    for fault in &live.faults {
        match *fault {
            Fault::MalformedJson { page } => cut |= page == place.number,
            Fault::DuplicateInPage { page } if page == place.number => {
                rows.extend(rows.first().copied())
            }
            Fault::DuplicateOfPageBefore { page } if page == place.number => {
                let before = place.range.start.saturating_sub(1)..place.range.start;
                rows.splice(0..0, live.workspace.members(before));
            }
            Fault::CursorTo { page, back_to } if page == place.number => {
                next = Some(cursor_at(back_to * place.limit))
            }
            _ => {}
        }
    }
    let mut body = place.body("members", &rows.join(","), next);
    if cut {
        body.truncate(body.floor_char_boundary(body.len() / 2));
    }
    Ok(ok(body))
}

async fn activity(State(shared): App, Query(paging): Query<Paging>) -> Result<Response, Problem> {
    let live = with(&shared, Scope::ActivityRead)?;
    let place = paging.place(&shared, &live)?;
    let rows = live.workspace.activity(place.range.clone());
    Ok(ok(place.body("activity", &rows, place.next_cursor())))
}

async fn activity_of(State(shared): App, Path(id): Path<String>) -> Result<Response, Problem> {
    let live = with(&shared, Scope::ActivityRead)?;
    let rows = live.workspace.activity_of(&id)?;
    Ok(ok(format!(r#"{{"activity":[{rows}]}}"#)))
}

async fn plans(State(shared): App) -> Result<Response, Problem> {
    let live = with(&shared, Scope::BillingRead)?;
    Ok(ok(json!({ "plans": live.workspace.plans() }).to_string()))
}

async fn member(State(shared): App, Path(id): Path<String>) -> Result<Response, Problem> {
    let live = with(&shared, Scope::MembersRead)?;
    Ok(ok(live.workspace.member(&id)?.to_owned()))
}

async fn remove_seat(
    State(shared): App,
    Path((id, plan)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let mut live = with(&shared, Scope::MembersWrite)?;
    live.workspace.remove_seat(&id, &plan)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn suspend(State(shared): App, Path(id): Path<String>) -> Result<Response, Problem> {
    let mut live = with(&shared, Scope::MembersWrite)?;
    Ok(ok(live.workspace.suspend(&id)?.to_owned()))
}
