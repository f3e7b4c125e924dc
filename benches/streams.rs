//! How soon those who follow a day see what was committed: 2,000 streams over loopback to one
//! region-day, and holds committed one after the other.
//!
//! `make bench-streams` runs it, on a fresh `SQLite` file. Service and followers share one process and
//! its cores. The time is from the commit's answer to the moment at which a follower has the whole
//! event. Figures of a shared machine vary: compare those of one run.

use chrono::{DateTime, NaiveDate, Utc};
use doorstep::city::{City, CitySpec, PRESETS, region_around};
use doorstep::clock::{Clock, Stopwatch};
use doorstep::desk::{Desk, NewKey, Role, SlotSearch};
use doorstep::http::{HttpSettings, router, serve};
use doorstep::model::{Booking, ProgrammeId, RegionId, ShiftDay};
use doorstep::store::{RegistryChange, Store, StoreSettings};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

const FOLLOWERS: usize = 2_000;
const COMMITS: usize = 100;
/// Connections that are opened at a time.
const AT_A_TIME: usize = 100;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(run());
}

async fn run() {
    let home = tempfile::TempDir::new().expect("a directory can be made");
    let url = format!("sqlite://{}", home.path().join("streams.db").display());
    let store = Store::open(&url, &StoreSettings::default()).await.expect("a file can be made");
    store.migrate().await.expect("a fresh file can be migrated");
    let clock = Clock::manual(early());
    let desk = Desk::open(store, clock).await.expect("the desk opens");
    let orders = furnish(&desk).await;
    let region = Some(region());
    let key = NewKey { role: Role::Dispatcher, programme: None, region, courier: None };
    let (_, token) = desk.create_key(key).await.expect("a key can be made");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let app = router(desk.clone(), HttpSettings::default());
    tokio::spawn(serve(listener, app, std::future::pending()));

    let watch = Arc::new(Stopwatch::start());
    let (seen, mut sightings) = mpsc::unbounded_channel();
    for begun in 0..FOLLOWERS {
        let (watch, seen, token) = (Arc::clone(&watch), seen.clone(), token.clone());
        tokio::spawn(follow(address, token, watch, seen));
        if (begun + 1) % AT_A_TIME == 0 {
            all(&mut sightings, AT_A_TIME).await;
        }
    }
    let (mut each, mut last) = (Vec::new(), Vec::new());
    for order in orders.iter().cycle().take(COMMITS) {
        if !hold(&desk, order).await {
            continue;
        }
        let answered = watch.elapsed();
        let delays = all(&mut sightings, FOLLOWERS).await.into_iter();
        let delays: Vec<Duration> = delays.map(|at| at.saturating_sub(answered)).collect();
        last.extend(delays.iter().max());
        each.extend(delays);
    }
    let commits = last.len();
    report(commits, each, last);
}

/// Takes a place for an order, if there is one: one commit of one event.
async fn hold(desk: &Desk, order: &Booking) -> bool {
    let search = SlotSearch {
        programme: programme(),
        region: region(),
        request: order.request.clone(),
        from: Some(date()),
        days: Some(1),
        flexible: false,
        is_new: true,
    };
    let found = desk.search_slots(search).await.expect("the day can be searched");
    let offer = found.slots.into_iter().find_map(|slot| Some(slot.verdict.ok()?.0));
    match offer {
        Some(offer) => desk.hold(&programme(), &offer, None).await.is_ok(),
        None => false,
    }
}

/// Follows the day, and tells when it has begun and when each event has come.
async fn follow(
    address: SocketAddr,
    token: String,
    watch: Arc<Stopwatch>,
    seen: UnboundedSender<Duration>,
) {
    let mut connection = TcpStream::connect(address).await.expect("the service listens");
    let request = format!(
        "GET /v1/regions/{}/days/{}/stream HTTP/1.1\r\nhost: {address}\r\n\
         authorization: Bearer {token}\r\n\r\n",
        region(),
        date()
    );
    connection.write_all(request.as_bytes()).await.expect("the service reads");
    let (mut read, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        let count = connection.read(&mut buffer).await.expect("the service goes on");
        if count == 0 {
            return;
        }
        read.extend_from_slice(&buffer[..count]);
        while let Some(end) = read.windows(2).position(|pair| pair == b"\n\n") {
            let at = watch.elapsed();
            let block: Vec<u8> = read.drain(..end + 2).collect();
            let is_event = block.windows(7).any(|part| part == b"event: ");
            if is_event && seen.send(at).is_err() {
                return;
            }
        }
    }
}

/// Waits until so many have seen something, and when they did.
async fn all(sightings: &mut UnboundedReceiver<Duration>, count: usize) -> Vec<Duration> {
    let mut seen = Vec::with_capacity(count);
    while seen.len() < count {
        seen.push(sightings.recv().await.expect("the followers go on"));
    }
    seen
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
fn report(commits: usize, mut each: Vec<Duration>, mut last: Vec<Duration>) {
    println!("{FOLLOWERS} followers, {commits} commits; from the commit's answer to the event");
    for (name, delays) in [("each follower", &mut each), ("the last follower", &mut last)] {
        delays.sort();
        let ms = |permille: usize| {
            let at = (delays.len() * permille / 1_000).min(delays.len() - 1);
            delays[at].as_secs_f64() * 1_000.0
        };
        println!(
            "{name:<20} p50 {:>7.2} ms   p99 {:>7.2} ms   most {:>7.2} ms",
            ms(500),
            ms(990),
            ms(1_000)
        );
    }
}

fn early() -> DateTime<Utc> {
    "2026-03-01T22:00:00Z".parse().expect("a moment")
}

fn date() -> NaiveDate {
    "2026-03-02".parse().expect("a date")
}

fn region() -> RegionId {
    RegionId::new("shanghai").expect("a name")
}

fn programme() -> ProgrammeId {
    ProgrammeId::new("shop").expect("a name")
}

/// Puts a city into the database; what its customers ask for.
async fn furnish(desk: &Desk) -> Vec<Booking> {
    let shanghai = PRESETS[0];
    let city = City::generate(&CitySpec {
        seed: 1,
        region: region_around(region(), shanghai.name, shanghai.zone, shanghai.centre()),
        centre: shanghai.centre(),
        bookings: 200,
        couriers: 40,
        hubs: 2,
        date: date(),
        days: ShiftDay::DAILY,
    });
    let City { region, hubs, couriers, roster, bookings } = city;
    let order = |row: doorstep::intake::BookingRow| {
        let id = row.id(&programme());
        row.into_booking(&region, &programme(), id, early()).expect("a made city is sound")
    };
    let orders = bookings.into_iter().map(order).collect();
    let registry = RegistryChange { regions: vec![region], hubs, couriers, roster };
    desk.import(&registry).await.expect("a made city can be imported");
    orders
}
