//! View of a connection: its facts, and the steps that it needs.

use jiff::{SignedDuration, Timestamp};
use purser_model::{Connection, ConnectionState, NextStep, TokenFacts};
use serde::Serialize;

/// Time before the end of an authorization from which it is announced.
const EXPIRY_NOTICE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Connection and the steps that it needs.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectionView {
    /// The connection.
    #[serde(flatten)]
    pub connection: Connection,
    /// Steps for a person, most urgent first.
    pub advice: Vec<NextStep>,
}

impl ConnectionView {
    /// Views a connection at the instant `now`. `of_others` is advice about other connections.
    pub(super) fn new(
        connection: &Connection,
        of_others: Option<NextStep>,
        now: Timestamp,
    ) -> Self {
        let mut advice = advice(connection, now);
        advice.extend(of_others);

        Self {
            advice,
            connection: connection.clone(),
        }
    }
}

fn advice(connection: &Connection, now: Timestamp) -> Vec<NextStep> {
    let of_state = match connection.state {
        ConnectionState::NeedsAttention => Some(
            NextStep::advice("its profiles are paused until it has a credential that works")
                .and(authorize(connection)),
        ),
        ConnectionState::Untested => Some(NextStep::TestConnection {
            connection: connection.name.clone(),
        }),
        ConnectionState::Active | ConnectionState::Revoked => None,
    };
    let of_token = connection
        .token
        .iter()
        .flat_map(|token| token_advice(connection, token, now));

    of_state.into_iter().chain(of_token).collect()
}

fn token_advice(connection: &Connection, token: &TokenFacts, now: Timestamp) -> Vec<NextStep> {
    let mut advice = Vec::new();

    if let Some(until) = token.authorized_until {
        if until <= now {
            advice.push(NextStep::advice("the authorization has ended").and(authorize(connection)));
        } else if until.duration_since(now) <= EXPIRY_NOTICE {
            let day = until.strftime("%Y-%m-%d");
            let text = format!("the authorization ends on {day}");
            advice.push(NextStep::advice(text).and(authorize(connection)));
        }
    }
    if !token.missing_scopes.is_empty() {
        let text = format!(
            "the application did not grant: {}; if needed, allow it there first",
            token.missing_scopes.join(" ")
        );
        advice.push(NextStep::advice(text).and(authorize(connection)));
    }
    advice
}

fn authorize(connection: &Connection) -> NextStep {
    NextStep::AuthorizeConnection {
        connection: connection.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::TokenFacts;

    fn connection(state: ConnectionState, token: Option<TokenFacts>) -> Connection {
        Connection {
            name: "acme".parse().unwrap(),
            alias: "hubs".parse().unwrap(),
            base_url: "https://hub.example".parse().unwrap(),
            template: "bearer".parse().unwrap(),
            fields: [].into(),
            private_network: false,
            state,
            created_at: Timestamp::UNIX_EPOCH,
            last_success_at: None,
            attention: None,
            identity: None,
            tenant: None,
            token,
        }
    }

    fn token(authorized_for: i64, missing: &[&str]) -> Option<TokenFacts> {
        let authorized_until =
            Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * authorized_for));
        let missing_scopes = missing.iter().map(|scope| (*scope).to_owned()).collect();
        let obtained_at = Timestamp::UNIX_EPOCH;
        Some(TokenFacts {
            generation: 1,
            obtained_at,
            expires_at: None,
            authorized_until,
            missing_scopes,
        })
    }

    #[test]
    fn working_connection_has_no_advice() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(advice(&connection(ConnectionState::Active, None), now).is_empty());
        assert!(advice(&connection(ConnectionState::Active, token(15, &[])), now).is_empty());
    }

    #[test]
    fn each_state_that_needs_a_person_has_one_advice_with_its_step() {
        let now = Timestamp::UNIX_EPOCH;
        let authorize = NextStep::AuthorizeConnection {
            connection: "acme".parse().unwrap(),
        };
        let test = NextStep::TestConnection {
            connection: "acme".parse().unwrap(),
        };

        for (state, token, text, step) in [
            (ConnectionState::NeedsAttention, None, "paused", &authorize),
            (ConnectionState::Untested, None, "", &test),
            (
                ConnectionState::Active,
                token(14, &[]),
                "ends on 1970-01-15",
                &authorize,
            ),
            (
                ConnectionState::Active,
                token(0, &[]),
                "has ended",
                &authorize,
            ),
            (
                ConnectionState::Active,
                token(99, &["users.write"]),
                "did not grant: users.write;",
                &authorize,
            ),
        ] {
            let advice = advice(&connection(state, token), now);

            assert_eq!(advice.len(), 1, "{text}");
            let shown = format!("{advice:?}");
            assert!(shown.contains(text), "{text}: {shown}");
            assert!(shown.contains(&format!("{step:?}")), "{text}: {shown}");
        }
    }
}
