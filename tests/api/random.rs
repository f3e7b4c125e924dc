//! Bodies nobody would send: never answered by a failure of the service.

use super::service::{contact, on_sqlite, search};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// Bodies for each path and actor.
const BODIES: usize = 60;

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!(i64::MAX)),
        Just(json!(-1)),
        Just(json!("2026-03-02")),
        Just(json!("+262142-12-31")),
        Just(json!("\u{0}")),
        Just(json!("")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,12}", inner, 0..4)
                .prop_map(|fields| { Value::Object(fields.into_iter().collect()) }),
        ]
    })
}

/// A good body with one value, somewhere in it, replaced by any other.
fn mutated(good: &Value, at: usize, with: Value) -> Value {
    let mut pointers = vec![String::new()];
    collect_pointers(good, "", &mut pointers);
    let mut body = good.clone();
    if let Some(slot) = body.pointer_mut(&pointers[at % pointers.len()]) {
        *slot = with;
    }
    body
}

fn collect_pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, v)| (format!("{at}/{name}"), v)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(i, v)| (format!("{at}/{i}"), v)).collect()
        }
        _ => Vec::new(),
    };
    for (pointer, child) in children {
        into.push(pointer.clone());
        collect_pointers(child, &pointer, into);
    }
}

#[tokio::test]
async fn no_body_makes_the_service_fail() {
    on_sqlite(async |service| {
        let hold = service.hold().await;
        let mut full_search = search();
        full_search["kind"] = json!("exchange");
        full_search["handover"] = json!([{ "category": "phone" }]);
        full_search["skills"] = json!(["inspection"]);
        full_search["devices"][0]["declared_value"] = json!({ "amount": 1, "currency": "CNY" });
        let booking = json!({ "hold_id": hold["id"], "external_id": "o", "contact": contact() });
        let row = json!({
            "external_id": "order-1", "region": "shanghai", "kind": "pickup", "lon": 121.47,
            "lat": 31.23, "window_start": "2026-03-02T13:00:00+08:00",
            "window_end": "2026-03-02T17:00:00+08:00", "devices": "phone:1",
            "declared_value": 1000, "requested_at": "2026-03-01T10:00:00+08:00", "name": "Wu",
            "phone": "139", "address": "2", "skills": "", "brands": ""
        });
        let admin = &service.admin;
        let imports = "/v1/regions/shanghai/bookings?programme=shop";
        let calls = [
            (&service.checkout, "/v1/slot-searches", full_search),
            (&service.checkout, "/v1/holds", json!({ "offer": service.offer().await })),
            (&service.checkout, "/v1/bookings", booking),
            (admin, "/v1/regions", admin.get("/v1/regions").await.expect(200)),
            (admin, "/v1/hubs", admin.get("/v1/hubs").await.expect(200)),
            (admin, "/v1/couriers", admin.get("/v1/couriers").await.expect(200)),
            (admin, "/v1/shifts", admin.get("/v1/shifts").await.expect(200)),
            (admin, "/v1/keys", json!({ "role": "checkout", "programme": "shop" })),
            (admin, imports, json!([row])),
        ];
        let mut runner = TestRunner::deterministic();
        for (actor, path, good) in calls {
            for at in 0..BODIES {
                let value = any_value().new_tree(&mut runner).unwrap().current();
                let body = mutated(&good, at, value);
                let answer = actor.post(path, &body).await;
                assert!(answer.status.as_u16() < 500, "{path} {body:#}: {:#}", answer.body);
            }
        }
        admin.get("/readyz").await.expect(200);
    })
    .await;
}
