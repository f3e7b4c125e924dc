//! Slots that would cost far more travel than others who ask.

use super::service::{Service, contact, on_each_database, search};
use serde_json::{Value, json};

const FAR: (f64, f64) = (121.60, 31.33);

/// Sets the bound of the region, in percent of the usual.
async fn bound(service: &Service, percent: u32) {
    let mut regions = service.admin.get("/v1/regions").await.expect(200);
    let all = regions.as_array_mut().unwrap();
    let shanghai = all.iter_mut().find(|region| region["id"] == "shanghai").unwrap();
    shanghai["most_travel_pct"] = json!(percent);
    service.admin.post("/v1/regions", &json!([shanghai])).await.expect(200);
}

async fn ask(service: &Service, (lon, lat): (f64, f64)) -> Value {
    let mut body = search();
    body["place"] = json!({ "lon": lon, "lat": lat });
    service.checkout.post("/v1/slot-searches", &body).await.expect(200)
}

fn open(answer: &Value) -> Vec<&Value> {
    let slots = answer["slots"].as_array().unwrap().iter();
    slots.filter(|slot| slot["status"] == "available").collect()
}

/// Customers at so many doors near the hub ask for slots.
async fn neighbours_ask(service: &Service, doors: u32) {
    for door in 0..doors {
        let lon = 121.480 + 0.001 * f64::from(door);
        assert!(!open(&ask(service, (lon, 31.22)).await).is_empty());
    }
}

#[tokio::test]
async fn who_is_far_off_is_shown_the_hubs_where_the_region_sets_a_bound() {
    on_each_database(async |service| {
        bound(&service, 130).await;
        neighbours_ask(&service, 19).await;
        let before = ask(&service, FAR).await;
        assert!(!open(&before).is_empty(), "too few have asked to know what is usual");
        neighbours_ask(&service, 30).await;
        let after = ask(&service, FAR).await;
        assert_eq!(open(&after), Vec::<&Value>::new());
        let first = &after["slots"][0];
        assert_eq!(first["reason"]["code"], "far_off");
        assert!(first["reason"]["by_s"].as_i64().unwrap() > 0, "{first:#}");
        assert_eq!(after["hubs"].as_array().unwrap().len(), 2);
        assert!(!open(&ask(&service, (121.479, 31.22)).await).is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_offer_that_was_made_holds_and_who_is_promised_is_not_far_off() {
    on_each_database(async |service| {
        bound(&service, 130).await;
        let answer = ask(&service, FAR).await;
        let offer = open(&answer)[0]["offer"].clone();
        neighbours_ask(&service, 30).await;
        assert!(open(&ask(&service, FAR).await).is_empty());
        let body = json!({ "offer": offer, "external_id": "far-1", "contact": contact() });
        let booking = service.checkout.post("/v1/bookings", &body).await.expect(201);
        let path = format!("/v1/bookings/{}/slot-searches", booking["id"].as_str().unwrap());
        let others = service.checkout.post(&path, &json!({})).await.expect(200);
        assert!(!open(&others).is_empty());
    })
    .await;
}

#[tokio::test]
async fn without_a_bound_nobody_is_far_off() {
    on_each_database(async |service| {
        neighbours_ask(&service, 30).await;
        assert!(!open(&ask(&service, FAR).await).is_empty());
    })
    .await;
}
