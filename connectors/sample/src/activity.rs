//! The stream of activity: `GET /activity`.
//!
//! Seats whose holders do not share their activity are not in the list, so they stay unknown.

use crate::paging;
use purser_sdk::prelude::*;
use purser_sdk::{pagination, time};
use serde::Deserialize;

#[derive(Deserialize)]
struct UseList {
    activity: Rows<SeatUse>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct SeatUse {
    member_id: String,
    plan: String,
    /// Null for a seat that was never used. Absent: unknown.
    #[serde(default, deserialize_with = "time::null_is_never")]
    last_active_at: LastActivity,
}

pub(crate) async fn page(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let response = paging::page(app, "/activity", request).await?;
    let list: UseList = response.json()?;

    let rows = list.activity.map(|row| Activity {
        account: row.member_id,
        product: Some(row.plan),
        last_activity: row.last_active_at,
    });
    Ok(Page::activity(rows).next(pagination::token(list.next_cursor)))
}

#[cfg(test)]
mod tests {
    use crate::Quayboard;
    use purser_sdk::Records;
    use purser_sdk::prelude::*;
    use purser_sdk::testing::TestHost;

    #[test]
    fn activity_null_is_never_and_absent_is_unknown() {
        let body = r#"{"activity": [
            {"member_id": "m_01", "plan": "boards-standard", "last_active_at": "2026-01-01T00:00:00Z"},
            {"member_id": "m_01", "plan": "whiteboard", "last_active_at": null},
            {"member_id": "m_02", "plan": "boards-standard"},
            {"member_id": "m_03", "plan": "boards-standard", "last_active_at": "yesterday"}
        ], "next_cursor": null, "total": 3}"#;
        let trial = TestHost::<Quayboard>::new().expect(Method::Get, "/activity?limit=100", body);
        let page = trial.read("activity").unwrap();
        let Records::Activity(rows) = &page.records else {
            panic!("{page:?}")
        };
        assert!(matches!(
            rows[0].last_activity,
            LastActivity::At(1_767_225_600_000)
        ));
        assert!(matches!(rows[1].last_activity, LastActivity::Never));
        assert_eq!(rows[1].product.as_deref(), Some("whiteboard"));
        assert!(matches!(rows[2].last_activity, LastActivity::Unknown));
        assert_eq!(
            (rows.len(), page.rejected.len()),
            (3, 1),
            "an invalid date rejects its row"
        );
        assert_eq!(page.rejected[0].id.as_deref(), Some("m_03"));
    }
}
