//! A service on the day's clock, and a checkout that tries what it is offered.

use super::caller::Caller;
use super::database::TestDatabase;
use super::day::Day;
use chrono::NaiveDate;
use doorstep::clock::Clock;
use doorstep::desk::{Desk, NewKey, Role, violations};
use doorstep::http::{HttpSettings, router, serve};
use doorstep::model::{BookingState, ProgrammeId};
use doorstep::planning::DayPlan;
use doorstep::simulation::{Checkout, Customer, Ended};
use doorstep::store::DayRows;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tokio::net::TcpListener;

/// A running service and a checkout of it.
pub(crate) struct Service {
    clock: Clock,
    desk: Desk,
    caller: Caller,
    checkout: Checkout,
}

/// How a day of customers ended.
#[derive(Default)]
pub(crate) struct Outcome {
    /// The bookings, and their service dates.
    pub(crate) booked: BTreeMap<String, NaiveDate>,
    /// Of those, how many in a slot that overlaps the wish.
    pub(crate) as_wished: usize,
    pub(crate) without_slot: usize,
    pub(crate) refused: usize,
    /// Slots that were listed as available, held and given back.
    pub(crate) probed: usize,
}

impl Service {
    /// Serves the day's city on a free port, before the first request.
    pub(crate) async fn start(database: &TestDatabase, day: &Day) -> Self {
        let clock = Clock::manual(day.customers[0].asks_at);
        let desk = Desk::open(database.store().await, clock.clone()).await.unwrap();
        desk.import(&day.registry).await.unwrap();
        let programme = Some(ProgrammeId::new("shop").unwrap());
        let key = NewKey { role: Role::Checkout, programme, region: None, courier: None };
        let (_, token) = desk.create_key(key).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let app = router(desk.clone(), HttpSettings::default());
        // It ends with the test's runtime.
        tokio::spawn(serve(listener, app, std::future::pending()));
        let caller = Caller::new(&base, &token);
        Self { clock, desk, caller, checkout: Checkout::new(base, token) }
    }

    /// At the customer's moment: holds every slot that is listed and gives it back, then books the
    /// one that suits best.
    pub(crate) async fn serve(&self, customer: &Customer, outcome: &mut Outcome) {
        self.clock.advance_to(customer.asks_at);
        let listed = self.probed(customer, outcome).await;
        match self.checkout.serve(customer).await.unwrap() {
            Ended::Booked { booking, as_wished } => {
                assert!(!listed.is_empty(), "{booking} was booked where nothing was listed");
                assert_eq!(outcome.booked.insert(booking, customer.date), None, "an id came twice");
                outcome.as_wished += usize::from(as_wished);
            }
            Ended::NoSlot => {
                assert_eq!(listed, Vec::<Value>::new(), "what was listed could not be booked");
                outcome.without_slot += 1;
            }
            Ended::Refused(_) => outcome.refused += 1,
        }
    }

    /// Holds each slot that is listed and gives it back; the slots that are listed in the end. Each is
    /// searched for right before: those who made way for the last one need not go back, and what was
    /// listed before may rest on where they were.
    async fn probed(&self, customer: &Customer, outcome: &mut Outcome) -> Vec<Value> {
        let mut listed = self.listed(customer).await;
        let starts: Vec<Value> = listed.iter().map(|slot| slot["start"].clone()).collect();
        for start in starts {
            if let Some(slot) = listed.iter().find(|slot| slot["start"] == start) {
                self.hold_and_give_back(slot).await;
                outcome.probed += 1;
                listed = self.listed(customer).await;
            }
        }
        listed
    }

    /// The slots that a search lists as available; none where the search is refused.
    async fn listed(&self, customer: &Customer) -> Vec<Value> {
        let answer = self.caller.post("/v1/slot-searches", &customer.search).await;
        if answer.status == 422 {
            return Vec::new();
        }
        let body = answer.expect(200);
        let slots = body["slots"].as_array().unwrap().iter();
        slots.filter(|slot| slot["status"] == "available").cloned().collect()
    }

    async fn hold_and_give_back(&self, slot: &Value) {
        let held = self.caller.post("/v1/holds", &json!({ "offer": slot["offer"] })).await;
        assert_eq!(held.status, 201, "listed and then refused: {slot:#}\n{:#}", held.body);
        let path = format!("/v1/holds/{}", held.body["id"].as_str().unwrap());
        let given_back = self.caller.send(Method::DELETE, &path, None).await.unwrap();
        assert_eq!(given_back.status, 204, "{:#}", given_back.body);
        assert_eq!(self.caller.get(&path).await.expect(200)["status"], "cancelled");
    }

    /// Holds every day against the independent check, and then the same for what a second desk
    /// reads out of the database.
    pub(crate) async fn assert_sound(&self, database: &TestDatabase, day: &Day, outcome: &Outcome) {
        let store = database.store().await;
        let second = Desk::open(store.clone(), Clock::manual(self.clock.now())).await.unwrap();
        let dates: BTreeSet<NaiveDate> = outcome.booked.values().copied().collect();
        for date in dates {
            let on_date = outcome.booked.iter().filter(|(_, of)| **of == date);
            let booked: BTreeSet<String> = on_date.map(|(id, _)| id.clone()).collect();
            let region = &day.region.id;
            let (served, read) =
                (self.desk.day(region, date).await, second.day(region, date).await);
            let (served, read) = (served.unwrap(), read.unwrap());
            assert_holds(&served, &booked);
            assert_holds(&read, &booked);
            assert_eq!(read.version(), served.version(), "{date}");
            let rows = store.read_day(region, date).await.unwrap().unwrap();
            assert_each_on_its_route(&rows, &booked);
        }
    }
}

/// The plan has these bookings, each confirmed and on one route, and breaks no rule.
fn assert_holds(plan: &DayPlan, booked: &BTreeSet<String>) {
    let found = violations(plan);
    assert!(found.is_empty(), "{}: {found:?}", plan.date);
    assert!(plan.unassigned.is_empty(), "{}: {:?}", plan.date, plan.unassigned);
    let mut ids: Vec<String> = Vec::new();
    for (_, entry) in plan.entries() {
        assert_eq!(entry.booking.state, BookingState::Confirmed, "{}", entry.booking.id);
        ids.push(entry.booking.id.to_string());
    }
    ids.sort();
    assert_eq!(ids, booked.iter().cloned().collect::<Vec<_>>(), "{}", plan.date);
}

/// The stored rows say the same of each booking: the route that it names is the one that stops
/// there, and the only one.
fn assert_each_on_its_route(rows: &DayRows, booked: &BTreeSet<String>) {
    let mut stops = BTreeMap::new();
    for route in &rows.routes {
        for booking in route.bookings() {
            let other = stops.insert(booking.to_string(), route.id);
            assert_eq!(other, None, "{booking} is visited twice");
        }
    }
    let named: BTreeMap<_, _> =
        rows.bookings.iter().map(|row| (row.booking.id.to_string(), row.route.unwrap())).collect();
    assert_eq!(stops, named);
    assert!(named.keys().eq(booked), "the stored bookings are not those that were acknowledged");
}
