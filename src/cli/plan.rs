//! `doorstep plan`: a day from files, planned, checked, shown and written.

use super::import::Format;
use super::plan_input::{self, Day};
use super::plan_report::Report;
use super::{CliError, files};
use crate::city;
use crate::clock::Clock;
use crate::desk;
use crate::intake::{self, BookingRow, Faults, lade};
use crate::model::{Area, Courier, Hub, Region, RegionId, RosterEntry};
use crate::planning::{DayPlan, Entry, Replan, RoutePlan, RouteShift, replan};
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Files of a day, and where to write its plan.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// Service centres, CSV or JSON.
    #[arg(long, required_unless_present = "fleet")]
    pub(super) hubs: Option<PathBuf>,
    /// Couriers, CSV or JSON.
    #[arg(long, required_unless_present = "fleet")]
    pub(super) couriers: Option<PathBuf>,
    /// Bookings, CSV or JSON.
    #[arg(long)]
    pub(super) bookings: PathBuf,
    /// Rosters, CSV or JSON. Without them every courier works while their hub is open.
    #[arg(long)]
    pub(super) shifts: Option<PathBuf>,
    /// The region's settings, JSON. Without them all settings are at their defaults and the area
    /// is what hubs and bookings span.
    #[arg(long)]
    pub(super) regions: Option<PathBuf>,
    /// The service date; needed when the bookings are of several.
    #[arg(long, value_parser = intake::service_date)]
    pub(super) date: Option<NaiveDate>,
    /// Time zone, where no region file names one.
    #[arg(long, default_value = "Asia/Shanghai")]
    pub(super) time_zone: Tz,
    /// The layout of the bookings file.
    #[arg(long, value_enum, default_value_t = Format::Doorstep)]
    pub(super) format: Format,
    /// Make a fleet of so many couriers at so many hubs where the demand is: `60,6`.
    #[arg(long, value_parser = fleet_size, conflicts_with_all = ["hubs", "couriers", "shifts"])]
    pub(super) fleet: Option<FleetSize>,
    #[command(flatten)]
    pub(super) lade: LadeArgs,
    /// Write the routes as JSON.
    #[arg(long)]
    output: Option<PathBuf>,
    /// Write the routes as GeoJSON.
    #[arg(long)]
    geojson: Option<PathBuf>,
}

/// How a LaDe-P file becomes bookings.
#[derive(Clone, Debug, Args)]
pub(super) struct LadeArgs {
    /// For `--format lade`: the year of its dates.
    #[arg(long, default_value_t = 2022)]
    pub(super) year: i32,
    /// For `--format lade` and `--fleet`: decides devices and couriers.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// For `--format lade`: the region that the bookings are for.
    #[arg(long, default_value = "shanghai")]
    pub(super) region: RegionId,
}

/// Couriers and hubs of a made fleet.
#[derive(Clone, Copy, Debug)]
pub(super) struct FleetSize {
    pub(super) couriers: u32,
    pub(super) hubs: u32,
}

fn fleet_size(text: &str) -> Result<FleetSize, String> {
    let bad = || format!("'{text}' is not a fleet: give couriers and hubs such as 60,6");
    let (couriers, hubs) = text.split_once(',').ok_or_else(bad)?;
    let size = FleetSize {
        couriers: couriers.trim().parse().map_err(|_| bad())?,
        hubs: hubs.trim().parse().map_err(|_| bad())?,
    };
    if size.hubs == 0 || size.couriers < size.hubs { Err(bad()) } else { Ok(size) }
}

impl LadeArgs {
    /// Whether the bookings' region is known.
    pub(super) fn check_region(&self, regions: &[Region]) -> Result<(), CliError> {
        if regions.iter().any(|region| region.id == self.region) {
            return Ok(());
        }
        let message = format!("there is no region '{}': name one with --region", self.region);
        Err(CliError::Usage(message))
    }

    /// Reads a LaDe-P file; oddities of its rows go to the log.
    pub(super) fn rows(
        &self,
        bytes: &[u8],
        file: &str,
        regions: &[Region],
    ) -> Result<Vec<BookingRow>, Faults> {
        let region = regions.iter().find(|region| region.id == self.region);
        let zone = region.map_or(chrono_tz::Asia::Shanghai, |region| region.time_zone);
        let day = lade::orders(bytes, file, zone, self.year)?;
        for note in &day.notes {
            tracing::info!("{}", note.remark);
        }
        let whole = Area::Bbox([-180.0, -90.0, 180.0, 90.0]);
        let assumed = Region::new(self.region.clone(), self.region.as_str(), zone, whole);
        Ok(city::lade_bookings(&day, region.unwrap_or(&assumed), self.seed))
    }
}

pub(super) fn run(args: &PlanArgs) -> Result<(), CliError> {
    let clock = Clock::system();
    let day = plan_input::read(args)?;
    tracing::info!(
        bookings = day.bookings.len(),
        couriers = day.couriers.len(),
        hubs = day.hubs.len(),
        date = %day.date,
        "planning"
    );
    let began = clock.now();
    let empty = empty_plan(&day);
    let proposal = replan(&empty, DateTime::UNIX_EPOCH);
    let took = clock.now() - began;
    let plan = taken(empty, &proposal);
    let violations = desk::violations(&plan);
    let report = Report { plan: &plan, unserved: &proposal.unassigned, violations: &violations };
    if let Some(path) = &args.output {
        files::write(path, &report.json()?)?;
    }
    if let Some(path) = &args.geojson {
        files::write(path, &report.geojson())?;
    }
    files::print(&report.table(took))?;
    if violations.is_empty() {
        Ok(())
    } else {
        Err(CliError::Failed(format!("the check found {} violations", violations.len())))
    }
}

/// The day with routes for its shifts and all bookings waiting.
fn empty_plan(day: &Day) -> DayPlan {
    let region = Arc::new(day.region.clone());
    let hubs: BTreeMap<_, Arc<Hub>> =
        day.hubs.iter().map(|hub| (&hub.id, Arc::new(hub.clone()))).collect();
    let couriers: BTreeMap<_, Arc<Courier>> =
        day.couriers.iter().map(|courier| (&courier.id, Arc::new(courier.clone()))).collect();
    let shift_of = |entry: &RosterEntry| {
        let courier = couriers.get(&entry.courier)?;
        let hub = hubs.get(&courier.hub)?;
        let shift = entry.on(&region, day.date)?;
        let of = RouteShift { courier: Arc::clone(courier), hub: Arc::clone(hub), shift };
        Some(Arc::new(RoutePlan::idle(&region, day.date, of)))
    };
    let routes = day.roster.iter().filter_map(shift_of).collect();
    let waiting = day.bookings.iter().cloned().map(|booking| Entry { booking, version: 0 });
    let unassigned = waiting.map(Arc::new).collect();
    DayPlan { region, date: day.date, day_version: 0, routes, unassigned }
}

/// The day with the whole proposal taken.
fn taken(mut plan: DayPlan, proposal: &Replan) -> DayPlan {
    for change in proposal.groups.iter().flatten() {
        plan.routes[change.route] = Arc::new(change.plan.clone());
    }
    let unserved: BTreeSet<_> = proposal.unassigned.iter().map(|(id, _)| *id).collect();
    plan.unassigned.retain(|entry| unserved.contains(&entry.booking.id));
    plan
}
