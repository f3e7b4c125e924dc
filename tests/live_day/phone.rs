//! A courier's phone: the list as it was last seen, and what could not be sent yet.

use super::board::Route;
use super::caller::Caller;
use super::dice::Dice;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const ROUTE: &str = "/v1/couriers/me/route";
const EVENTS: &str = "/v1/couriers/me/events";
const POSITIONS: &str = "/v1/couriers/me/positions";

/// A phone that may be out of reach for some time.
pub(crate) struct Phone {
    caller: Caller,
    /// From when to when nothing gets through.
    pub(crate) out_of_reach: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The list as it was last seen.
    pub(crate) route: Option<Route>,
    tag: Option<String>,
    unsent: Vec<Value>,
}

impl Phone {
    pub(crate) fn new(caller: Caller) -> Self {
        Self { caller, out_of_reach: None, route: None, tag: None, unsent: Vec::new() }
    }

    fn is_in_reach(&self, now: DateTime<Utc>) -> bool {
        self.out_of_reach.is_none_or(|(from, until)| now < from || until <= now)
    }

    /// Reads the list, if it has changed.
    pub(crate) async fn look(&mut self, now: DateTime<Utc>) {
        if !self.is_in_reach(now) {
            return;
        }
        let answer = self.caller.get_changed(ROUTE, self.tag.as_deref()).await;
        if answer.status != 304 {
            self.route = Some(answer.read());
            self.tag = Some(answer.tag());
        }
    }

    /// Tells what has happened, now or once it is in reach again.
    pub(crate) async fn tell(&mut self, now: DateTime<Utc>, events: Vec<Value>) {
        if !self.is_in_reach(now) {
            self.unsent.extend(events);
            return;
        }
        for result in self.send(&events).await {
            let status = result["status"].as_str().unwrap();
            assert!(matches!(status, "recorded" | "noted"), "{result:#} of {events:#?}");
        }
    }

    /// Tells where it was.
    pub(crate) async fn locate(&self, now: DateTime<Utc>, positions: &Value) {
        if self.is_in_reach(now) {
            self.caller.post(POSITIONS, &json!({ "positions": positions })).await.expect(200);
        }
    }

    /// Tells all that could not be sent: in disorder, in parts, and some of it twice.
    pub(crate) async fn catch_up(&mut self) {
        let events = Dice::of("catch up").shuffled(std::mem::take(&mut self.unsent));
        let (first, rest) = events.split_at(events.len() / 2);
        for part in [rest, first, rest] {
            for result in self.send(part).await {
                let is_told = matches!(result["status"].as_str(), Some("recorded" | "duplicate"));
                assert!(is_told, "{result:#}");
            }
        }
    }

    async fn send(&self, events: &[Value]) -> Vec<Value> {
        let answer = self.caller.post(EVENTS, &json!({ "events": events })).await.expect(200);
        answer["results"].as_array().unwrap().clone()
    }
}
