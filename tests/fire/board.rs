//! The dispatcher's board, read as a whole.

use super::caller::Caller;
use super::city::DATES;
use std::collections::BTreeMap;

/// The bookings with a place on the days of [`DATES`], and where each stands (`held`, `confirmed`).
/// None is on two routes or on none, and no rule is broken.
pub(crate) async fn placed(dispatcher: &Caller) -> BTreeMap<String, String> {
    let mut placed = BTreeMap::new();
    for date in DATES {
        let path = format!("/v1/regions/shanghai/days/{date}");
        let day = dispatcher.get(&path).await.expect(200);
        assert_eq!(day["summary"]["violations"], serde_json::json!([]), "{date}");
        assert_eq!(day["unassigned"], serde_json::json!([]), "{date}");
        let routes = day["routes"].as_array().unwrap().iter();
        let stops = routes.flat_map(|route| route["stops"].as_array().unwrap());
        for visit in stops.filter(|stop| stop["kind"] == "visit") {
            let text = |name: &str| visit[name].as_str().unwrap().to_owned();
            let twice = placed.insert(text("booking_id"), text("status"));
            assert_eq!(twice, None, "{} has two places", visit["booking_id"]);
        }
    }
    placed
}

/// Those of them that are confirmed.
pub(crate) async fn confirmed(dispatcher: &Caller) -> Vec<String> {
    let placed = placed(dispatcher).await.into_iter();
    placed.filter(|(_, status)| status == "confirmed").map(|(id, _)| id).collect()
}
