//! Trying the connection: `GET /me` tells the token's scopes, so that even the right to reclaim is known without reclaiming anything.

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
    use purser_sdk::testing::{Reply, Trial};

    const READER: &str = r#"{"login": "licence-desk", "workspace": "Northbridge", "scopes": ["members:read", "billing:read"]}"#;

    fn checked(capability: Capability, reply: impl Into<Reply>) -> Result<CheckReport, Failure> {
        Trial::<Quayboard>::new()
            .expect(Method::Get, "/me", reply)
            .check(capability)
    }

    #[test]
    fn the_right_tenant_is_shown() {
        let report = checked(Capability::Read("members".into()), READER).unwrap();
        assert_eq!(report.identity.as_deref(), Some("licence-desk"));
        assert_eq!(report.tenant.as_deref(), Some("Northbridge"));
    }

    #[test]
    fn each_capability_needs_its_scope() {
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
    fn a_refused_token_says_so() {
        let refused = Reply::json(401, r#"{"error":{"code":"bad_token","message":"revoked"}}"#);
        assert!(matches!(
            checked(Capability::Read("members".into()), refused),
            Err(Failure::AuthRejected(_))
        ));
    }

    #[test]
    fn what_is_not_offered_is_not_asked_for() {
        let trial = Trial::<Quayboard>::new();
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
