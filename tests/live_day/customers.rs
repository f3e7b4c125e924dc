//! Customers: they search, hold and book; some think again, and some never come back to their hold.

use super::board::Window;
use super::caller::Caller;
use super::dice::Dice;
use super::town::{Town, at};
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::model::TimeWindow;
use doorstep::simulation::{Customer, Ended};
use serde_json::{Value, json};

/// Every so many-th customer holds a slot and goes away.
const GOES_AWAY: usize = 80;
/// Of a hundred bookings, so many are called off, and so many moved.
const THINK_AGAIN_PERCENT: (usize, usize) = (4, 4);
/// When somebody wants a device to be fetched in a hurry.
const URGENT: [(u32, u32); 6] = [(11, 20), (12, 40), (13, 30), (14, 50), (15, 40), (16, 45)];

/// What comes of a customer later on.
pub(crate) enum Later {
    /// They think again.
    ThinksAgain(DateTime<Utc>),
    /// Their hold runs out: it would have been this booking.
    HoldEnds { booking: String, until: DateTime<Utc> },
}

/// Whom a shop knows.
pub(crate) struct Customers {
    pub(crate) all: Vec<Customer>,
    /// The bookings that were acknowledged, with the customer's number.
    pub(crate) booked: Vec<(usize, String)>,
    /// Those that their customers called off.
    pub(crate) called_off: Vec<String>,
    pub(crate) without_slot: usize,
    pub(crate) rescheduled: usize,
}

impl Customers {
    pub(crate) fn of(town: &Town) -> Self {
        let region = &town.city.region;
        let rows = town.city.bookings.iter();
        let mut all: Vec<Customer> = rows.map(|row| Customer::of_row(row, region)).collect();
        for (number, (hour, minute)) in URGENT.into_iter().enumerate() {
            let mut urgent = all[number * 61].clone();
            let asks_at = at(hour, minute);
            let wish = TimeWindow { start: asks_at, end: asks_at + TimeDelta::hours(2) };
            (urgent.asks_at, urgent.wish) = (asks_at, wish);
            urgent.booking["external_id"] = json!(format!("urgent-{number}"));
            all.push(urgent);
        }
        for (number, customer) in all.iter_mut().enumerate() {
            name_phones(customer, number);
        }
        let (booked, called_off) = (Vec::new(), Vec::new());
        Self { all, booked, called_off, without_slot: 0, rescheduled: 0 }
    }

    /// A customer asks.
    pub(crate) async fn ask(&mut self, town: &Town, number: usize) -> Option<Later> {
        let customer = &self.all[number];
        if number % GOES_AWAY == GOES_AWAY / 2 {
            let hold = hold(&town.shop, &customer.search, 0).await?;
            let booking = hold["id"].as_str().unwrap().replace("hld_", "bkg_");
            let until = hold["expires_at"].as_str().unwrap().parse().unwrap();
            return Some(Later::HoldEnds { booking, until });
        }
        match town.checkout.serve(customer).await.unwrap() {
            Ended::Booked { booking, .. } => self.booked.push((number, booking)),
            Ended::NoSlot => {
                self.without_slot += 1;
                return None;
            }
            Ended::Refused(code) => panic!("customer {number} was refused: {code}"),
        }
        let mut dice = self.dice(number);
        let (off, moved) = THINK_AGAIN_PERCENT;
        let after = TimeDelta::minutes(dice.between(20, 300));
        dice.percent(off + moved).then(|| Later::ThinksAgain(customer.asks_at + after))
    }

    fn dice(&self, number: usize) -> Dice {
        Dice::of(&format!("customer {}", self.all[number].booking["external_id"]))
    }

    /// A customer calls off, or wants another slot, as far as it is not too late for that.
    pub(crate) async fn think_again(&mut self, town: &Town, number: usize) {
        let found = self.booked.iter().find(|(of, _)| *of == number);
        let (_, booking) = found.expect("who thinks again has booked");
        let path = format!("/v1/bookings/{booking}");
        if number.is_multiple_of(2) {
            let answer = town.shop.post(&format!("{path}/cancel"), &Value::Null).await;
            if answer.status == 200 {
                self.called_off.push(booking.clone());
            } else {
                assert!(is_too_late(answer.expect(409)["code"].as_str().unwrap()));
            }
            return;
        }
        let mut search = self.all[number].search.clone();
        search["days"] = json!(2);
        let Some(hold) = hold(&town.shop, &search, number).await else { return };
        let body = json!({ "hold_id": hold["id"] });
        let answer = town.shop.post(&format!("{path}/reschedule"), &body).await;
        if answer.status == 200 {
            self.rescheduled += 1;
        } else {
            assert!(is_too_late(answer.expect(409)["code"].as_str().unwrap()));
        }
    }
}

fn is_too_late(code: &str) -> bool {
    matches!(code, "under_way" | "state_conflict")
}

/// Holds one of the slots that are open.
async fn hold(shop: &Caller, search: &Value, which: usize) -> Option<Value> {
    let found = shop.post("/v1/slot-searches", search).await.expect(200);
    let slots = found["slots"].as_array().unwrap().iter();
    let open: Vec<&Value> = slots.filter(|slot| slot["status"] == "available").collect();
    if open.is_empty() {
        return None;
    }
    let offer = json!({ "offer": open[which % open.len()]["offer"] });
    Some(shop.post("/v1/holds", &offer).await.expect(201))
}

/// Every third customer gives the numbers of their phones.
fn name_phones(customer: &mut Customer, number: usize) {
    let devices = customer.search["devices"].as_array_mut().unwrap();
    for (index, device) in devices.iter_mut().enumerate() {
        if number.is_multiple_of(3) && device["category"] == "phone" {
            device["imei"] = json!(imei(number * 10 + index));
        }
    }
}

/// Fifteen digits, the last of which checks the others (Luhn).
fn imei(number: usize) -> String {
    let digits = format!("{:014}", 35_693_803_000_000 + number);
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if place % 2 == 1 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// What a booking is now: its state, its date and its window.
pub(crate) async fn standing(shop: &Caller, booking: &str) -> (String, String, Window) {
    let answer = shop.get(&format!("/v1/bookings/{booking}")).await.expect(200);
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let slot = serde_json::from_value(answer["slot"].clone()).unwrap();
    (text("status"), text("date"), slot)
}
