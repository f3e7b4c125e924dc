//! `doorstep demo`: a seeded city, served on an embedded database, with a day that books itself.

use super::serve::{StopSignal, desk_settings, http_settings, listen, serve, speed};
use super::{CliError, files};
use crate::city::{City, CitySpec, PRESETS, region_around};
use crate::clock::Clock;
use crate::config::{PageOptions, Replanning, WebhookPolicy};
use crate::desk::{Desk, DeskSettings, NewKey, Role};
use crate::intake;
use crate::model::{ProgrammeId, Region, RegionId, ShiftDay};
use crate::simulation::{Checkout, Customer, Tally, play};
use crate::store::{RegistryChange, Store, StoreSettings};
use chrono::{NaiveDate, TimeDelta};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;

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
    #[arg(long, value_name = "N", default_value_t = 600.0, value_parser = speed)]
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
    let first = customers.first().map(|customer| customer.asks_at - TimeDelta::minutes(5));
    let clock = Clock::rehearsal(first.unwrap_or_else(|| Clock::system().now()), args.speed);
    let database = DemoDatabase::new();
    let settings = desk_settings(args.replanning);
    let desk = open(&database, &city, clock.clone(), settings).await?;
    let keys = Keys::make(&desk, &city).await?;
    files::print(&keys.welcome(&base, &city.region, args.date))?;
    let player = tokio::spawn(play_day(base, keys.checkout, customers, clock));
    let settings = http_settings(args.replanning, args.webhooks, args.pages);
    let served = serve(listener, desk, settings, stop).await;
    player.abort();
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

/// A key for each kind of visitor.
struct Keys {
    checkout: String,
    courier: String,
    dispatcher: String,
    admin: String,
}

impl Keys {
    async fn make(desk: &Desk, city: &City) -> Result<Self, CliError> {
        let programme = ProgrammeId::new("demo-shop").map_err(CliError::failed)?;
        let region: RegionId = city.region.id.clone();
        let courier = city.couriers.first().map(|courier| courier.id.clone());
        let key = |role| NewKey { role, programme: None, region: None, courier: None };
        let checkout = NewKey { programme: Some(programme), ..key(Role::Checkout) };
        let dispatcher = NewKey { region: Some(region), ..key(Role::Dispatcher) };
        Ok(Self {
            checkout: desk.create_key(checkout).await?.1,
            courier: desk.create_key(NewKey { courier, ..key(Role::Courier) }).await?.1,
            dispatcher: desk.create_key(dispatcher).await?.1,
            admin: desk.create_key(key(Role::Admin)).await?.1,
        })
    }

    fn welcome(&self, base: &str, region: &Region, date: NaiveDate) -> String {
        let Self { checkout, courier, dispatcher, admin } = self;
        let id = &region.id;
        format!(
            "Doorstep demo: {name} on {date}, booking itself while you watch. Ctrl-C ends it.\n\n\
             open   {base}/dispatch#region={id}&date={date}&key={dispatcher}\n\
             open   {base}/docs   the API, to try out (Authorize with a key below)\n\n\
             keys   checkout    {checkout}\n       \
                    courier     {courier}\n       \
                    dispatcher  {dispatcher}\n       \
                    admin       {admin}\n\n\
             try    curl -H 'Authorization: Bearer {dispatcher}' {base}/v1/regions/{id}/days/{date}\n       \
                    curl -H 'Authorization: Bearer {courier}' '{base}/v1/couriers/me/route?date={date}'\n\n",
            name = region.name,
        )
    }
}

/// Plays all customers and shows how far they are.
async fn play_day(base: String, token: String, customers: Vec<Customer>, clock: Clock) {
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
