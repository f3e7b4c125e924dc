//! Searches, holds and bookings through HTTP, by load of one thread of the same machine.
//!
//! `make bench-booking` runs it, on `SQLite` and on `PostgreSQL` where `DOORSTEP_TEST_POSTGRES` has
//! the address of a server. Three days of 5,000 bookings on 250 routes each are open for booking. The
//! ceilings beside the figures are what the machine does without the work: the same load on a
//! handler that does nothing, and the same rows committed without a service. Figures of a shared
//! machine vary: compare those of one run.

#[path = "booking/city.rs"]
mod city;
#[path = "booking/client.rs"]
mod client;
#[expect(dead_code, reason = "what else the tests do with a database")]
#[path = "../tests/support/database.rs"]
mod database;
#[path = "booking/load.rs"]
mod load;
#[path = "booking/scenes.rs"]
mod scenes;

use city::{BOOKED, Scene, begin};
use database::{Engine, TestDatabase, databases};
use doorstep::clock::Clock;
use doorstep::desk::{Desk, DeskSettings};
use doorstep::http::{HttpSettings, router};
use doorstep::store::{Store, StoreSettings};
use load::{Pace, Tally};
use scenes::{Target, commits, serve};
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};

/// Searches a second that are asked for where latency is measured.
const SEARCHES_PER_S: f64 = 1_000.0;
/// Offers that are held over and over.
const OFFERS: usize = 1_000;

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    let on = runtime.handle();
    told("making a city");
    let scene = Scene::new();
    told("empty handler");
    let empty = Target::empty_handler(&scene, on);
    line("empty handler", &empty, None);
    for database in on.block_on(databases()) {
        measure(&scene, &database, on, empty.per_s());
    }
}

/// Everything on one engine. Searches do not touch the database, and are measured once.
fn measure(scene: &Scene, database: &TestDatabase, on: &Handle, empty_per_s: f64) {
    let engine = database.engine;
    told(&format!("{engine:?}: three days of {BOOKED} bookings"));
    let clock = Clock::rehearsal(begin(), 1.0);
    let (desk, token) = on.block_on(async {
        let store = Store::open(&database.url, &StoreSettings::default()).await;
        let store = store.expect("a fresh database can be opened");
        store.migrate().await.expect("a fresh database can be migrated");
        let squeeze_time = Some(Duration::from_millis(1));
        let settings = DeskSettings { squeeze_time, improve: None };
        let desk = Desk::open_with(store, clock, settings).await.expect("the desk opens");
        let token = scene.furnish(&desk).await;
        (desk, token)
    });
    let address = serve(on, router(desk.clone(), HttpSettings::default()));
    let target = Target { address, token };
    if engine == Engine::Sqlite {
        told("searches");
        let searches = target.searches(scene, Pace::Closed);
        line("searches, sustained", &searches, Some(("empty handler", empty_per_s)));
        line("searches at 1,000/s", &target.searches(scene, Pace::Open(SEARCHES_PER_S)), None);
    }
    told(&format!("{engine:?}: commits by themselves"));
    let ceiling = on.block_on(commits(&desk, scene));
    told(&format!("{engine:?}: holds and bookings"));
    let offers = target.offers(scene, OFFERS);
    let bookings = target.bookings(&offers, Pace::Closed);
    let name = format!("holds and bookings, {engine:?}");
    line(&name, &bookings, Some(("commits", ceiling)));
    let half: f64 = if engine == Engine::Sqlite { 500.0 } else { 1_000.0 };
    let paced = target.bookings(&offers, Pace::Open(half / 2.0));
    line(&format!("{name}, at {half}/s"), &paced, None);
    on.block_on(desk.store().clone().close());
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
fn line(name: &str, tally: &Tally, ceiling: Option<(&str, f64)>) {
    let ms = |permille| tally.within(permille).as_secs_f64() * 1_000.0;
    let per_s = tally.per_s();
    let share = ceiling.map_or(String::new(), |(of, most)| {
        format!("; {:.0} % of {of} ({most:.0}/s)", 100.0 * per_s / most)
    });
    println!(
        "{name:<42} {per_s:>8.0}/s   p50 {:>7.2} ms   p99 {:>7.2} ms   refused {}{share}",
        ms(500),
        ms(990),
        tally.refused,
    );
}

#[expect(clippy::print_stderr, reason = "progress, for who waits")]
fn told(what: &str) {
    eprintln!("… {what}");
}
