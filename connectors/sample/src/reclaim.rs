//! Reclaims of seats.

use purser_sdk::prelude::*;

/// Takes one plan from a member.
pub(crate) async fn remove_seat(
    app: &Client,
    request: &ReclaimRequest,
) -> Result<ReclaimOutcome, Failure> {
    let Some(plan) = &request.product else {
        return Ok(ReclaimOutcome::Refused(
            "the request does not name the plan to take".into(),
        ));
    };
    let seat = app
        .delete("/members")
        .segment(&request.account.id)
        .segment("seats")
        .segment(plan);
    outcome(seat.send().await?)
}

/// Suspends a member. The request is idempotent.
pub(crate) async fn suspend(
    app: &Client,
    request: &ReclaimRequest,
) -> Result<ReclaimOutcome, Failure> {
    let member = app
        .post("/members")
        .segment(&request.account.id)
        .segment("suspend");
    outcome(member.idempotent().send().await?)
}

/// Interprets the response: 404 for a missing member or seat, 409 for a refusal with its reason.
fn outcome(response: Response) -> Result<ReclaimOutcome, Failure> {
    if response.is_gone() {
        return Ok(ReclaimOutcome::AlreadyGone);
    }
    if response.status() == 409 {
        let reason = response
            .message()
            .unwrap_or_else(|| "Quayboard refuses without a reason".into());
        return Ok(ReclaimOutcome::Refused(reason));
    }
    response.ok().map(|_| ReclaimOutcome::Done)
}

#[cfg(test)]
mod tests {
    use crate::Quayboard;
    use purser_sdk::AccountRef;
    use purser_sdk::prelude::*;
    use purser_sdk::testing::{MockResponse, TestHost};

    const SEAT: &str = "/members/m_01/seats/whiteboard";

    fn removed(reply: impl Into<MockResponse>) -> Result<ReclaimOutcome, Failure> {
        TestHost::<Quayboard>::new()
            .expect(Method::Delete, SEAT, reply)
            .reclaim_with(ReclaimRequest {
                mode: ReclaimMode::RemoveLicence,
                account: AccountRef {
                    id: "m_01".into(),
                    principal_name: None,
                },
                product: Some("whiteboard".into()),
                settings: vec![],
            })
    }

    #[test]
    fn response_status_decides_the_outcome() {
        assert!(matches!(
            removed(MockResponse::status(204)),
            Ok(ReclaimOutcome::Done)
        ));
        let gone = MockResponse::json(404, r#"{"error":{"code":"no_such_seat","message":"no"}}"#);
        assert!(matches!(removed(gone), Ok(ReclaimOutcome::AlreadyGone)));
        let refused = MockResponse::json(
            409,
            r#"{"error":{"code":"seat_from_group","message":"the seat comes from a group"}}"#,
        );
        assert!(
            matches!(removed(refused), Ok(ReclaimOutcome::Refused(why)) if why == "the seat comes from a group")
        );
        assert!(matches!(
            removed(MockResponse::status(503)),
            Err(Failure::Transient(_))
        ));
    }

    #[test]
    fn remove_without_a_plan_is_refused() {
        let trial = TestHost::<Quayboard>::new();
        assert!(matches!(
            trial.reclaim(ReclaimMode::RemoveLicence, "m_01"),
            Ok(ReclaimOutcome::Refused(_))
        ));
        assert!(trial.requests().is_empty());
    }

    #[test]
    fn suspend_is_idempotent() {
        let trial =
            TestHost::<Quayboard>::new().expect(Method::Post, "/members/m_01/suspend", "{}");
        assert!(matches!(
            trial.reclaim(ReclaimMode::Suspend, "m_01"),
            Ok(ReclaimOutcome::Done)
        ));
        assert!(trial.requests()[0].idempotent);
    }
}
