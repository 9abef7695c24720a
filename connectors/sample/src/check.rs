//! Checks of the connection: `GET /me` returns the token's scopes, so even the right to reclaim can
//! be checked without a reclaim.

use purser_sdk::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Me {
    login: Option<String>,
    workspace: Option<String>,
    scopes: Vec<String>,
}

pub(crate) async fn check(app: &Client, capability: &Capability) -> Result<CheckReport, Failure> {
    let needed = match capability {
        Capability::Read(stream) => match stream.as_str() {
            "members" => "members:read",
            "activity" => "activity:read",
            "plans" => "billing:read",
            other => return Err(Failure::no_such_stream(other)),
        },
        Capability::Reclaim(ReclaimMode::RemoveLicence | ReclaimMode::Suspend) => "members:write",
        Capability::Reclaim(other) => return Err(Failure::no_such_mode(*other)),
    };

    let response = app.get("/me").send().await?.ok()?;
    let me: Me = response.json()?;
    if !me.scopes.iter().any(|scope| scope == needed) {
        return Err(Failure::PermissionMissing(format!(
            "the token lacks the scope {needed}"
        )));
    }
    Ok(CheckReport {
        identity: me.login,
        tenant: me.workspace,
        warnings: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::Quayboard;
    use purser_sdk::prelude::*;
    use purser_sdk::testing::{MockResponse, TestHost};

    const READER: &str = r#"{"login": "licence-desk", "workspace": "Northbridge", "scopes": ["members:read", "billing:read"]}"#;

    fn checked(
        capability: Capability,
        reply: impl Into<MockResponse>,
    ) -> Result<CheckReport, Failure> {
        TestHost::<Quayboard>::new()
            .expect(Method::Get, "/me", reply)
            .check(capability)
    }

    #[test]
    fn check_reports_identity_and_tenant() {
        let report = checked(Capability::Read("members".into()), READER).unwrap();
        assert_eq!(report.identity.as_deref(), Some("licence-desk"));
        assert_eq!(report.tenant.as_deref(), Some("Northbridge"));
    }

    #[test]
    fn check_without_the_scope_is_permission_missing() {
        assert!(checked(Capability::Read("plans".into()), READER).is_ok());
        for (capability, scope) in [
            (Capability::Read("activity".into()), "activity:read"),
            (
                Capability::Reclaim(ReclaimMode::RemoveLicence),
                "members:write",
            ),
            (Capability::Reclaim(ReclaimMode::Suspend), "members:write"),
        ] {
            let failure = checked(capability, READER).unwrap_err();
            assert!(
                matches!(&failure, Failure::PermissionMissing(text) if text.contains(scope)),
                "{failure:?}"
            );
        }
    }

    #[test]
    fn check_with_a_revoked_token_is_auth_rejected() {
        let refused =
            MockResponse::json(401, r#"{"error":{"code":"bad_token","message":"revoked"}}"#);
        assert!(matches!(
            checked(Capability::Read("members".into()), refused),
            Err(Failure::AuthRejected(_))
        ));
    }

    #[test]
    fn check_of_an_unknown_capability_sends_nothing() {
        let trial = TestHost::<Quayboard>::new();
        assert!(matches!(
            trial.check(Capability::Reclaim(ReclaimMode::Delete)),
            Err(Failure::ConfigInvalid(_))
        ));
        assert!(matches!(
            trial.check(Capability::Read("boards".into())),
            Err(Failure::ConfigInvalid(_))
        ));
        assert!(trial.requests().is_empty());
    }
}
