//! What is measured: searches, holds and bookings, and what the machine does without them.

use super::city::{Scene, programme, spare_date};
use super::client::{Connection, post};
use super::load::{Pace, Run, Shared, Start, Tally, run};
use axum::Router;
use axum::routing::post as on_post;
use chrono::TimeDelta;
use doorstep::clock::Stopwatch;
use doorstep::desk::Desk;
use doorstep::model::{Booking, BookingId, BookingState};
use doorstep::planning::DayPlan;
use doorstep::store::{BookingRow, DayCommit, NewEvent, Store};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use uuid::Uuid;

/// How long each measurement takes.
const LENGTH: Duration = Duration::from_secs(10);
/// Connections that search.
const SEARCHING: usize = 16;
/// Connections that hold and book: batches are as large as these make them.
const BOOKING: usize = 128;
/// Commands in a transaction of the ceiling.
const BATCH: usize = 64;

/// A service to call, and whom it calls itself for.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
}

impl Target {
    fn run(&self, connections: usize, pace: Pace) -> Run {
        Run { address: self.address, connections, pace, length: LENGTH }
    }

    /// Searches by all customers over and over.
    pub(crate) fn searches(&self, scene: &Scene, pace: Pace) -> Tally {
        let customers = scene.customers.iter();
        let requests: Vec<Vec<u8>> = customers
            .map(|customer| post("/v1/slot-searches", &self.token, &customer.search))
            .collect();
        self.repeated(requests, pace)
    }

    fn repeated(&self, requests: Vec<Vec<u8>>, pace: Pace) -> Tally {
        run(self.run(SEARCHING, pace), async move |connection, start, shared| {
            let request = &requests[start.number % requests.len()];
            match connection.call(request).await {
                Ok(answer) if answer.status == 200 => drop(shared.answered(start.at)),
                _ => shared.refused(),
            }
        })
    }

    /// The same requests, answered by a handler that does nothing.
    pub(crate) fn empty_handler(scene: &Scene, on: &tokio::runtime::Handle) -> Tally {
        let router = Router::new().route("/v1/slot-searches", on_post(async || {}));
        let target = Self { address: serve(on, router), token: "none".to_owned() };
        target.searches(scene, Pace::Closed)
    }

    /// One offer of each of so many customers, at slots all over the days.
    pub(crate) fn offers(&self, scene: &Scene, count: usize) -> Vec<String> {
        let length = Duration::from_hours(1);
        let customers = scene.customers.iter().rev().take(count);
        let requests: Vec<Vec<u8>> = customers
            .map(|customer| post("/v1/slot-searches", &self.token, &customer.search))
            .collect();
        let offers = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
        let found = std::rc::Rc::clone(&offers);
        let wanted = Run { length, ..self.run(1, Pace::Closed) };
        let ask = async move |connection: &mut Connection, start: Start, shared: &Shared| {
            let Some(request) = requests.get(start.number) else { return shared.stop() };
            let answer = connection.call(request).await.expect("the service answers").json();
            let slots = answer["slots"].as_array().into_iter().flatten();
            let open: Vec<&Value> = slots.filter(|slot| slot["offer"].is_string()).collect();
            if let Some(slot) = open.get(start.number % open.len().max(1)) {
                found.borrow_mut().push(slot["offer"].as_str().unwrap_or_default().to_owned());
            }
        };
        run(wanted, ask);
        offers.take()
    }

    /// Holds offers and books them. Each booking is then cancelled, so that the days stay as full as
    /// they were; that is not counted.
    pub(crate) fn bookings(&self, offers: &[String], pace: Pace) -> Tally {
        let holds: Vec<Vec<u8>> = offers
            .iter()
            .map(|offer| post("/v1/holds", &self.token, &json!({ "offer": offer })))
            .collect();
        let token = self.token.clone();
        run(self.run(BOOKING, pace), async move |connection, start, shared| {
            if book(connection, &holds[start.number % holds.len()], &token, start, shared)
                .await
                .is_none()
            {
                shared.refused();
            }
        })
    }
}

async fn book(
    connection: &mut Connection,
    offer: &[u8],
    token: &str,
    start: Start,
    shared: &Shared,
) -> Option<()> {
    let held = connection.call(offer).await.ok().filter(|answer| answer.status == 201)?.json();
    let held_at = shared.answered(start.at);
    let contact = json!({ "name": "Customer", "phone": "000", "address": "as mapped" });
    let external_id = Uuid::now_v7().simple().to_string();
    let body = json!({ "hold_id": held["id"], "external_id": external_id, "contact": contact });
    let booking = post("/v1/bookings", token, &body);
    let booked = connection.call(&booking).await.ok().filter(|answer| answer.status == 201)?.json();
    shared.answered(held_at);
    let path = format!("/v1/bookings/{}/cancel", booked["id"].as_str()?);
    let cancel = post(&path, token, &Value::Null);
    connection.call(&cancel).await.ok().filter(|answer| answer.status == 200).map(drop)
}

/// Serves on a free port until the process ends.
pub(crate) fn serve(on: &tokio::runtime::Handle, router: Router) -> SocketAddr {
    let listener = on.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a port is free");
    let address = listener.local_addr().expect("it listens");
    on.spawn(doorstep::http::serve(listener, router, std::future::pending()));
    address
}

/// Commits like those of holds and bookings, by themselves: batches of new bookings, then the same
/// bookings changed, each on a route that is written too. Rows of bookings a second.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) async fn commits(desk: &Desk, scene: &Scene) -> f64 {
    let day = desk.day(&scene.city.region.id, spare_date()).await.expect("the day is there");
    let watch = Stopwatch::start();
    let mut written = 0;
    let mut round = 0;
    while watch.elapsed() < LENGTH {
        written += pair(desk.store(), &day, round).await;
        round += 1;
    }
    written as f64 / watch.elapsed().as_secs_f64()
}

/// One batch of holds and one of their confirmations.
async fn pair(store: &Store, day: &DayPlan, round: usize) -> usize {
    let mut commit = DayCommit::new(day.region.id.clone(), day.date);
    let mut confirmed = commit.clone();
    for at in 0..BATCH.min(day.routes.len()) {
        let route = &day.routes[at];
        let mut stored = route.to_route(day);
        stored.version += i64::try_from(2 * round).expect("a few rounds");
        let like = &route.entries[round % route.entries.len()].booking;
        let held = Booking {
            id: BookingId(Uuid::now_v7()),
            state: BookingState::Held,
            hold_expires_at: Some(like.window.end + TimeDelta::days(1)),
            ..like.clone()
        };
        let external_id = Some(held.id.0.simple().to_string());
        let state = BookingState::Confirmed;
        let booked = Booking { state, external_id, hold_expires_at: None, ..held.clone() };
        commit.events.push(event("hold.placed", &held));
        commit.new_bookings.push((held, Some(route.id)));
        commit.routes.push(stored.clone());
        confirmed.events.push(event("booking.confirmed", &booked));
        let version = BookingRow::FIRST_VERSION;
        confirmed.changed_bookings.push(BookingRow {
            booking: booked,
            route: Some(route.id),
            version,
        });
        stored.version += 1;
        confirmed.routes.push(stored);
    }
    for commit in [&commit, &confirmed] {
        store.commit_day(commit).await.expect("nobody else writes the day");
    }
    commit.new_bookings.len() + confirmed.changed_bookings.len()
}

fn event(kind: &str, booking: &Booking) -> NewEvent {
    let body =
        json!({ "state": booking.state, "programme": programme(), "window": booking.window });
    NewEvent {
        kind: kind.to_owned(),
        subject: booking.id.to_string(),
        actor: format!("programme:{}", programme()),
        body,
        at: booking.requested_at,
    }
}
