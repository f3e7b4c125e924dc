//! A thousand customers who want the same place.

use super::city::{CLOCK, DATES, Keys, door, one_place};
use super::database::databases;
use super::process::Process;
use super::{ALONE, board};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

const CROWD: u32 = 1_000;
/// The slot in which one visit fits.
const MORNING: &str = "2026-03-02T09:00:00+08:00";

#[tokio::test]
async fn one_of_a_thousand_holds_takes_the_last_place() {
    let _alone = ALONE.lock().await;
    for database in databases().await {
        let keys = Keys::of_fresh_city(&database, &one_place()).await;
        let service = Process::serve(&database.url, CLOCK);
        let checkout = keys.checkout(&service);
        let mut offers = Vec::new();
        for number in 0..CROWD {
            let found = checkout.post("/v1/slot-searches", &search(number)).await.expect(200);
            offers.push(morning(&found["slots"]).expect("nobody holds it yet")["offer"].clone());
        }

        let mut holds = JoinSet::new();
        for offer in offers {
            let checkout = checkout.clone();
            holds
                .spawn(async move { checkout.post("/v1/holds", &json!({ "offer": offer })).await });
        }
        let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
        for answer in holds.join_all().await {
            *statuses.entry(answer.status).or_default() += 1;
            if answer.status == 409 {
                assert_eq!(answer.body["code"], "slot_taken");
                let alternatives = &answer.body["alternatives"];
                assert!(!alternatives.as_array().unwrap().is_empty(), "the afternoon is free");
                assert_eq!(morning(alternatives), None, "the morning is not");
            }
        }
        assert_eq!(statuses, BTreeMap::from([(201, 1), (409, CROWD - 1)]));
        let placed = board::placed(&keys.dispatcher(&service)).await;
        assert_eq!(placed.into_values().collect::<Vec<_>>(), ["held"]);
    }
}

fn search(number: u32) -> Value {
    let door = door(number);
    json!({
        "place": { "lon": door.lon(), "lat": door.lat() },
        "kind": "pickup",
        "devices": [{ "category": "phone" }],
        "from": DATES[0],
        "days": 1,
    })
}

fn morning(slots: &Value) -> Option<&Value> {
    let available = |slot: &&Value| slot["status"] == "available" && slot["start"] == MORNING;
    slots.as_array().unwrap().iter().find(available)
}
