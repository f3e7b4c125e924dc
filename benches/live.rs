//! A dispatcher's checks on a full day: 5,000 visits on 250 routes, through the desk; and the outage of
//! a courier.
//!
//! `make bench-live` runs it. Each line is the time of one check as its caller waits for it, the
//! thread that works it out included. Figures of a shared machine vary: compare those of one run.

#[expect(dead_code, reason = "what else the booking bench does with a city")]
#[path = "booking/city.rs"]
mod city;
#[path = "../tests/support/database.rs"]
mod database;
#[path = "live/outages.rs"]
mod outages;

use city::{Scene, begin};
use database::{Engine, databases};
use doorstep::clock::{Clock, Stopwatch};
use doorstep::desk::{Desk, DeskSettings};
use doorstep::model::BookingId;
use doorstep::planning::{DayPlan, Move, MoveTo};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Checks of each kind.
const CHECKS: usize = 2_000;
/// Visits and routes that follow each other in a check are so far apart in the day.
const STRIDE: usize = 37;

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    runtime.block_on(measure());
}

async fn measure() {
    let scene = Scene::new();
    let all = databases().await;
    let sqlite = all.into_iter().find(|database| database.engine == Engine::Sqlite);
    let store = sqlite.as_ref().expect("there is always SQLite").store().await;
    let clock = Clock::rehearsal(begin(), 1.0);
    let desk = Desk::open_with(store, clock, DeskSettings::default()).await.expect("it opens");
    scene.furnish(&desk).await;
    let region = &scene.city.region.id;
    let date = begin().with_timezone(&scene.city.region.time_zone).date_naive();
    let day = desk.day(region, date).await.expect("the day is there");
    for (name, kind) in [
        ("one stop to a courier", to_courier as fn(&DayPlan, usize) -> Vec<Move>),
        ("one stop to anybody", to_anybody),
        ("ten stops to a courier", ten_to_courier),
        ("two stops change places", swapped),
    ] {
        let mut times = Vec::with_capacity(CHECKS);
        for n in 0..CHECKS {
            let moves = kind(&day, n);
            let watch = Stopwatch::start();
            desk.check_moves(region, date, moves).await.expect("the moves make sense");
            times.push(watch.elapsed());
        }
        line(name, times);
    }
    outages::measure(&day);
}

/// The `n`-th booking of the day, and a route that is not its own.
fn nth(day: &DayPlan, n: usize) -> (BookingId, usize) {
    let routes: Vec<usize> = (0..day.routes.len()).collect();
    let used = routes.iter().filter(|&&route| !day.routes[route].entries.is_empty());
    let used: Vec<usize> = used.copied().collect();
    let from = used[n * STRIDE % used.len()];
    let entries = &day.routes[from].entries;
    let other = used[(n * STRIDE + 1 + n % (used.len() - 1)) % used.len()];
    (entries[n % entries.len()].booking.id, other)
}

fn to_courier(day: &DayPlan, n: usize) -> Vec<Move> {
    let (booking, route) = nth(day, n);
    vec![Move { booking, to: MoveTo::Cheapest(Some(day.routes[route].id)) }]
}

fn to_anybody(day: &DayPlan, n: usize) -> Vec<Move> {
    vec![Move { booking: nth(day, n).0, to: MoveTo::Cheapest(None) }]
}

fn ten_to_courier(day: &DayPlan, n: usize) -> Vec<Move> {
    let (_, route) = nth(day, n);
    let bookings = (0..10).map(|k| nth(day, n + k).0);
    bookings
        .map(|booking| Move { booking, to: MoveTo::Cheapest(Some(day.routes[route].id)) })
        .collect()
}

fn swapped(day: &DayPlan, n: usize) -> Vec<Move> {
    let (booking, route) = nth(day, n);
    let entries = &day.routes[route].entries;
    let other = entries[n % entries.len()].booking.id;
    let from = day.entries().find(|(_, entry)| entry.booking.id == booking);
    let from = from.and_then(|(route, _)| route).expect("it has a place");
    vec![
        Move { booking, to: MoveTo::Cheapest(Some(day.routes[route].id)) },
        Move { booking: other, to: MoveTo::Cheapest(Some(day.routes[from].id)) },
    ]
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
fn line(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |permille: usize| times[(times.len() - 1) * permille / 1_000].as_secs_f64() * 1_000.0;
    println!(
        "{name:<28} p50 {:>7.3} ms   p99 {:>7.3} ms   most {:>7.3} ms",
        ms(500),
        ms(990),
        ms(1_000)
    );
}
