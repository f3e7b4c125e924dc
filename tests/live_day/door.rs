//! What happens at a door: decided by who lives there, whenever the courier comes.

use super::board::Stop;
use super::dice::Dice;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Of a hundred visits, so many come to nothing.
const FAILED_PERCENT: usize = 10;
/// Of a hundred exchanges, so many are refused once the old device was looked at.
const REFUSED_PERCENT: usize = 5;
/// A courier waits this long for a customer who is not there.
const PATIENCE: TimeDelta = TimeDelta::minutes(8);

/// A visit as it goes.
pub(crate) struct Visit {
    /// When service begins.
    pub(crate) begins: DateTime<Utc>,
    /// When the courier leaves.
    pub(crate) ends: DateTime<Utc>,
    /// What the booking then is.
    pub(crate) outcome: &'static str,
    /// What the courier tells, and when.
    pub(crate) script: VecDeque<(DateTime<Utc>, Value)>,
}

/// What a courier tells of a booking.
pub(crate) fn event(kind: &str, at: DateTime<Utc>, booking: &str) -> Value {
    json!({ "id": format!("{booking}-{kind}"), "type": kind, "at": at, "booking_id": booking })
}

impl Visit {
    /// The visit of somebody who arrives at a moment.
    pub(crate) fn of(stop: &Stop, arrives: DateTime<Utc>) -> Self {
        let booking = stop.booking_id.clone().unwrap();
        let opens = stop.promise.unwrap().start;
        let mut told = Told { booking, at: arrives, script: VecDeque::new() };
        told.tell("arrived", &Value::Null);
        told.at = arrives.max(opens);
        let begins = told.at;
        let outcome = told.go(stop);
        let Told { at: ends, script, .. } = told;
        Self { begins, ends, outcome, script }
    }

    /// The visit of somebody who finds that a colleague was there before.
    pub(crate) fn of_one_served(stop: &Stop, arrives: DateTime<Utc>) -> Self {
        let booking = stop.booking_id.clone().unwrap();
        let mut told = Told { booking, at: arrives, script: VecDeque::new() };
        told.tell("arrived", &Value::Null);
        told.at += TimeDelta::minutes(1);
        told.tell("failed", &json!({ "reason": "customer_cancelled" }));
        let Told { at: ends, script, .. } = told;
        Self { begins: arrives, ends, outcome: "served before", script }
    }
}

/// A visit while it goes on.
struct Told {
    booking: String,
    at: DateTime<Utc>,
    script: VecDeque<(DateTime<Utc>, Value)>,
}

impl Told {
    fn tell(&mut self, kind: &str, details: &Value) {
        let mut event = event(kind, self.at, &self.booking);
        for (name, value) in details.as_object().into_iter().flatten() {
            event[name] = value.clone();
        }
        self.script.push_back((self.at, event));
    }

    fn go(&mut self, stop: &Stop) -> &'static str {
        let (place, promise) = (stop.place, stop.promise.unwrap());
        let mut dice = Dice::of(&format!("{place:?} {promise:?} {:?}", stop.devices));
        let kind = stop.visit_kind.as_deref().unwrap();
        let service = TimeDelta::seconds(stop.service_s * dice.between(60, 130) / 100);
        if dice.percent(FAILED_PERCENT) {
            self.fail(&mut dice, kind);
            return "failed";
        }
        if kind == "delivery" {
            self.at += service;
            self.tell("delivered", &Value::Null);
            return "completed";
        }
        let is_refused = kind == "exchange" && dice.percent(REFUSED_PERCENT);
        let found = findings(&mut dice, &stop.devices, is_refused);
        self.at += service / 2;
        self.tell("inspected", &json!({ "devices": found }));
        self.at += service / 2;
        if is_refused {
            self.tell("failed", &json!({ "reason": "device_refused" }));
            return "failed";
        }
        self.tell("collected", &Value::Null);
        "completed"
    }

    fn fail(&mut self, dice: &mut Dice, kind: &str) {
        let reasons = ["no_show", "no_access", "customer_cancelled", "not_ready", "price_refused"];
        let count = if kind == "delivery" { 3 } else { reasons.len() };
        let reason = reasons[dice.below(count)];
        let waits = matches!(reason, "no_show" | "no_access");
        self.at += if waits { PATIENCE } else { TimeDelta::minutes(dice.between(1, 6)) };
        let evidence = json!({ "calls": 2, "note": "as the courier saw it" });
        self.tell("failed", &json!({ "reason": reason, "evidence": evidence }));
    }
}

/// What the courier finds: as booked mostly; of several devices one may be refused, and some are worth
/// less than was said.
fn findings(dice: &mut Dice, devices: &[Value], is_refused: bool) -> Vec<Value> {
    let is_partly = devices.len() > 1 && dice.percent(20);
    let last = devices.len() - 1;
    let mut found = Vec::new();
    for (index, device) in devices.iter().enumerate() {
        let accepted = !(is_refused || is_partly && index == last);
        let mut finding = json!({ "device": index, "accepted": accepted });
        if device["imei"].is_string() {
            finding["imei"] = device["imei"].clone();
        }
        if accepted && device["declared_value"].is_object() && dice.percent(15) {
            let declared = &device["declared_value"];
            let amount = declared["amount"].as_i64().unwrap() * 8 / 10;
            finding["quote"] = json!({ "amount": amount, "currency": declared["currency"] });
        }
        found.push(finding);
    }
    found
}
