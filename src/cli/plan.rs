//! `doorstep plan`: a day from files, planned, checked, shown and written.

use super::bookings_file::{Format, LadeArgs};
use super::budget::{Budget, BudgetArgs, stop_when_told};
use super::plan_input::{self, Day};
use super::plan_report::Report;
use super::{CliError, files};
use crate::clock::Stopwatch;
use crate::desk::{self, Registry};
use crate::intake;
use crate::model::Courier;
use crate::planning::{Control, DayPlan, Effort, Entry, Progress, Replan, replan};
use crate::store::RegistryRows;
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How long a plan is searched for where nothing is said.
const TIME_LIMIT: Duration = Duration::from_secs(5);

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
    #[command(flatten)]
    budget: BudgetArgs,
    /// Write the routes as JSON.
    #[arg(long)]
    output: Option<PathBuf>,
    /// Write the routes as GeoJSON.
    #[arg(long)]
    geojson: Option<PathBuf>,
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

pub(super) fn run(args: &PlanArgs) -> Result<(), CliError> {
    let watch = Stopwatch::start();
    let cancel = stop_when_told()?;
    let day = plan_input::read(args)?;
    tracing::info!(
        bookings = day.bookings.len(),
        couriers = day.couriers.len(),
        hubs = day.hubs.len(),
        date = %day.date,
        "planning"
    );
    let loading = watch.elapsed();
    let empty = empty_plan(&day)?;
    let budget = args.budget.budget(TIME_LIMIT, finishing(&day)?);
    let proposal = search(&empty, &budget, &watch, &cancel);
    let took = watch.elapsed().saturating_sub(loading);
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

/// What it takes to explain what is unserved, to check the plan and to write it.
fn finishing(day: &Day) -> Result<Duration, CliError> {
    let bookings = u32::try_from(day.bookings.len()).map_err(CliError::failed)?;
    Ok(Duration::from_millis(10) + Duration::from_micros(200) * bookings)
}

fn search(empty: &DayPlan, budget: &Budget, watch: &Stopwatch, cancel: &AtomicBool) -> Replan {
    let Budget { time_limit, iterations, threads, seed } = *budget;
    let effort = Effort { seed, threads, iterations, time_limit };
    let bookings = empty.unassigned.len();
    let bar = budget.bar();
    let mut show = |progress: Progress| {
        bar.set_position(budget.position(progress.elapsed, progress.iteration));
        bar.set_message(format!(
            "{} of {bookings} served, travel {} h, {} iterations",
            bookings.saturating_sub(progress.unserved),
            progress.cost / 3_600,
            progress.iteration
        ));
    };
    let elapsed = || watch.elapsed();
    let control = Control { elapsed: &elapsed, cancel, progress: &mut show };
    let proposal = replan(empty, DateTime::UNIX_EPOCH, &effort, control);
    bar.finish_and_clear();
    proposal
}

/// The day with routes for its shifts and all bookings waiting.
fn empty_plan(day: &Day) -> Result<DayPlan, CliError> {
    let registry = Registry::new(RegistryRows {
        version: 0,
        regions: Vec::new(),
        hubs: day.hubs.clone(),
        couriers: day.couriers.clone(),
        roster: day.roster.clone(),
        programmes: Vec::new(),
        keys: Vec::new(),
    });
    let of_region = |courier: &&Courier| courier.region == day.region.id;
    if let Some(other) = day.couriers.iter().find(|courier| !of_region(courier))
        && !day.couriers.iter().any(|courier| of_region(&courier))
    {
        let message = format!(
            "the bookings are of region {}, but the couriers are of {}: name the same region in \
             both files",
            day.region.id, other.region
        );
        return Err(CliError::Failed(message));
    }
    let shifts = registry.shifts(&day.region, day.date);
    let mut plan = DayPlan::idle(Arc::new(day.region.clone()), day.date, shifts);
    plan.routes.sort_by(|a, b| a.of.courier.id.cmp(&b.of.courier.id));
    let waiting = day.bookings.iter().cloned().map(|booking| Entry { booking, version: 0 });
    plan.unassigned = waiting.map(Arc::new).collect();
    Ok(plan)
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
