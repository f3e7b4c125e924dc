//! `doorstep demo`: a seeded city, served on an embedded database, with a day that books itself.

use super::demo_keys::Keys;
use super::serve::{StopSignal, desk_settings, http_settings, listen, serve, speed};
use super::{CliError, files};
use crate::city::{City, CitySpec, PRESETS, region_around};
use crate::clock::Clock;
use crate::config::{PageOptions, Replanning, WebhookPolicy};
use crate::desk::{Desk, DeskSettings};
use crate::intake;
use crate::model::{RegionId, ShiftDay};
use crate::simulation::{Checkout, Customer, Rider, Tally, play};
use crate::store::{RegistryChange, Store, StoreSettings};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use tokio::task::JoinSet;

/// The demo's city and pace.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Decides the city, its couriers and its customers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many times as fast as real the demo's day runs.
    #[arg(long, value_name = "N", default_value_t = 60.0, value_parser = speed)]
    speed: f64,
    /// How many customers ask for a pickup.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    bookings: u32,
    /// How many couriers work.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    couriers: u32,
    /// How many hubs there are.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    hubs: u32,
    #[command(flatten)]
    replanning: Replanning,
    #[command(flatten)]
    webhooks: WebhookPolicy,
    #[command(flatten)]
    pages: PageOptions,
    /// The day that is played.
    #[arg(long, default_value = "2026-03-02", value_parser = intake::service_date)]
    date: NaiveDate,
}

pub(super) async fn run(args: DemoArgs) -> Result<(), CliError> {
    let stop = StopSignal::listen()?;
    let listener = listen(&args.listen).await?;
    let base = format!("http://{}", listener.local_addr().map_err(CliError::failed)?);
    let city = city(&args)?;
    let customers = customers(&city);
    let clock = Clock::rehearsal(before_the_day(&customers), args.speed);
    let database = DemoDatabase::new();
    let settings = desk_settings(args.replanning);
    let desk = open(&database, &city, clock.clone(), settings).await?;
    let keys = Keys::make(&desk, &city).await?;
    files::print(&keys.welcome(&base, &city.region, args.date))?;
    let riders = keys.riders(&base, args.seed, args.date);
    let played = tokio::spawn(play_day(base, keys.checkout, customers, riders, clock));
    let settings = http_settings(args.replanning, args.webhooks, args.pages);
    let served = serve(listener, desk, settings, stop).await;
    played.abort();
    served
}

fn city(args: &DemoArgs) -> Result<City, CliError> {
    let shanghai = PRESETS[0];
    let id = RegionId::new(shanghai.id).map_err(CliError::failed)?;
    let centre = shanghai.centre();
    let region = region_around(id, shanghai.name, shanghai.zone, centre);
    Ok(City::generate(&CitySpec {
        seed: args.seed,
        region,
        centre,
        bookings: args.bookings,
        couriers: args.couriers,
        hubs: args.hubs,
        date: args.date,
        days: ShiftDay::DAILY,
    }))
}

fn customers(city: &City) -> Vec<Customer> {
    let rows = city.bookings.iter();
    let mut customers: Vec<Customer> =
        rows.map(|row| Customer::of_row(row, &city.region)).collect();
    customers.sort_by_key(|customer| customer.asks_at);
    customers
}

/// Two hours before the first window. Who asked earlier is served at once: the day begins with what
/// was booked for it.
fn before_the_day(customers: &[Customer]) -> DateTime<Utc> {
    let first = customers.iter().map(|customer| customer.wish.start).min();
    first.map_or_else(|| Clock::system().now(), |first| first - TimeDelta::hours(2))
}

async fn open(
    database: &DemoDatabase,
    city: &City,
    clock: Clock,
    settings: DeskSettings,
) -> Result<Desk, CliError> {
    let store = Store::open(&database.url(), &StoreSettings::default()).await?;
    store.migrate().await?;
    let desk = Desk::open_with(store, clock, settings).await?;
    desk.import(&RegistryChange {
        regions: vec![city.region.clone()],
        hubs: city.hubs.clone(),
        couriers: city.couriers.clone(),
        roster: city.roster.clone(),
    })
    .await?;
    Ok(desk)
}

/// Couriers are on the road at most so long after the day began.
const DAY: TimeDelta = TimeDelta::hours(18);

/// Plays all customers and couriers, and shows how far the customers are.
async fn play_day(
    base: String,
    token: String,
    customers: Vec<Customer>,
    riders: Vec<Rider>,
    clock: Clock,
) {
    let until = clock.now() + DAY;
    let mut driving = JoinSet::new();
    for rider in riders {
        let clock = clock.clone();
        driving.spawn(async move { rider.drive(&clock, until).await });
    }
    book_day(base, token, customers, clock).await;
    while let Some(driven) = driving.join_next().await {
        if let Ok(Err(error)) = driven {
            tracing::error!(error = %error, "one of the demo's couriers stopped");
        }
    }
}

async fn book_day(base: String, token: String, customers: Vec<Customer>, clock: Clock) {
    let total = customers.len().try_into().unwrap_or(u64::MAX);
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} customers · {msg}") {
        bar.set_style(style);
    }
    let watch = |tally: &Tally| {
        bar.set_position(tally.asked.try_into().unwrap_or(u64::MAX));
        bar.set_message(format!(
            "{} booked as wished, {} at another time, {} found no slot",
            tally.booked_as_wished, tally.booked_otherwise, tally.without_slot
        ));
    };
    let played = play(&Checkout::new(base, token), &customers, &clock, watch).await;
    // The totals are in the log line that follows.
    bar.finish_and_clear();
    match played {
        Ok(tally) => tracing::info!(
            demo.customers = tally.asked,
            demo.booked_as_wished = tally.booked_as_wished,
            demo.booked_otherwise = tally.booked_otherwise,
            demo.without_slot = tally.without_slot,
            "the day is booked; the service goes on until Ctrl-C"
        ),
        Err(error) => tracing::error!(error = %error, "the demo's customers stopped"),
    }
}

/// A database file of its own, gone with the demo.
struct DemoDatabase(PathBuf);

impl DemoDatabase {
    fn new() -> Self {
        let name = format!("doorstep-demo-{}.db", std::process::id());
        let database = Self(std::env::temp_dir().join(name));
        database.remove();
        database
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.0.display())
    }

    /// What is not there need not be removed.
    fn remove(&self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

impl Drop for DemoDatabase {
    fn drop(&mut self) {
        self.remove();
    }
}
