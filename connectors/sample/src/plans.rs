//! The stream of products: `GET /plans`, in one page.

use purser_sdk::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct PlanList {
    plans: Rows<Plan>,
}

#[derive(Deserialize)]
struct Plan {
    key: String,
    title: String,
    seats_purchased: Option<u32>,
    seats_used: Option<u32>,
}

pub(crate) async fn page(app: &Client) -> Result<Page, Failure> {
    let response = app.get("/plans").send().await?.ok()?;
    let list: PlanList = response.json()?;
    Ok(Page::products(list.plans.map(|plan| Product {
        id: plan.key,
        name: plan.title,
        purchased: plan.seats_purchased,
        assigned: plan.seats_used,
    })))
}

#[cfg(test)]
mod tests {
    use crate::Quayboard;
    use purser_sdk::Records;
    use purser_sdk::prelude::*;
    use purser_sdk::testing::TestHost;

    #[test]
    fn plan_becomes_a_product() {
        let body = r#"{"plans": [{"key": "whiteboard", "title": "Whiteboard add-on", "seats_purchased": 12, "seats_used": 10}]}"#;
        let page = TestHost::<Quayboard>::new()
            .expect(Method::Get, "/plans", body)
            .read("plans")
            .unwrap();
        let Records::Products(products) = &page.records else {
            panic!("{page:?}")
        };
        assert_eq!(products.len(), 1);
        assert_eq!(
            (products[0].id.as_str(), products[0].name.as_str()),
            ("whiteboard", "Whiteboard add-on")
        );
        assert_eq!(
            (products[0].purchased, products[0].assigned),
            (Some(12), Some(10))
        );
        assert_eq!(page.next, None);
    }
}
