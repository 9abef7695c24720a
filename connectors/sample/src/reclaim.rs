//! Taking a seat back.

use purser_sdk::prelude::*;

/// Takes one plan from a member.
pub(crate) async fn remove_seat(
    app: &Client,
    request: &ReclaimRequest,
) -> Result<ReclaimOutcome, Failure> {
    let Some(plan) = &request.product else {
        return Ok(ReclaimOutcome::Refused(
            "a plan is taken from a member, and the request names none".into(),
        ));
    };
    let seat = app
        .delete("/members")
        .segment(&request.account.id)
        .segment("seats")
        .segment(plan);
    outcome(seat.send().await?)
}

/// Suspends a member. Suspending one who is suspended changes nothing.
pub(crate) async fn suspend(
    app: &Client,
    request: &ReclaimRequest,
) -> Result<ReclaimOutcome, Failure> {
    let member = app
        .post("/members")
        .segment(&request.account.id)
        .segment("suspend");
    outcome(member.repeatable().send().await?)
}

/// 404 is a member or a seat that is not there; 409 is Quayboard's refusal, with its reason.
fn outcome(response: Response) -> Result<ReclaimOutcome, Failure> {
    if response.is_gone() {
        return Ok(ReclaimOutcome::AlreadyGone);
    }
    if response.status() == 409 {
        let reason = response
            .message()
            .unwrap_or_else(|| "Quayboard refuses and does not say why".into());
        return Ok(ReclaimOutcome::Refused(reason));
    }
    response.ok().map(|_| ReclaimOutcome::Done)
}

#[cfg(test)]
mod tests {
    use crate::Quayboard;
    use purser_sdk::AccountRef;
    use purser_sdk::prelude::*;
    use purser_sdk::testing::{Reply, Trial};

    const SEAT: &str = "/members/m_01/seats/whiteboard";

    fn removed(reply: impl Into<Reply>) -> Result<ReclaimOutcome, Failure> {
        Trial::<Quayboard>::new()
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
    fn each_answer_has_its_outcome() {
        assert!(matches!(
            removed(Reply::status(204)),
            Ok(ReclaimOutcome::Done)
        ));
        let gone = Reply::json(404, r#"{"error":{"code":"no_such_seat","message":"no"}}"#);
        assert!(matches!(removed(gone), Ok(ReclaimOutcome::AlreadyGone)));
        let refused = Reply::json(
            409,
            r#"{"error":{"code":"seat_from_group","message":"the seat comes from a group"}}"#,
        );
        assert!(
            matches!(removed(refused), Ok(ReclaimOutcome::Refused(why)) if why == "the seat comes from a group")
        );
        assert!(matches!(
            removed(Reply::status(503)),
            Err(Failure::Transient(_))
        ));
    }

    #[test]
    fn a_plan_must_be_named() {
        let trial = Trial::<Quayboard>::new();
        assert!(matches!(
            trial.reclaim(ReclaimMode::RemoveLicence, "m_01"),
            Ok(ReclaimOutcome::Refused(_))
        ));
        assert!(trial.requests().is_empty());
    }

    #[test]
    fn suspending_may_be_repeated() {
        let trial = Trial::<Quayboard>::new().expect(Method::Post, "/members/m_01/suspend", "{}");
        assert!(matches!(
            trial.reclaim(ReclaimMode::Suspend, "m_01"),
            Ok(ReclaimOutcome::Done)
        ));
        assert!(trial.requests()[0].repeatable);
    }
}
