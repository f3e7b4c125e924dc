//! `doorstep plan`: a day from files, planned, checked, shown and written.

use super::import::Format;
use super::plan_report::Report;
use super::{CliError, files};
use crate::city::{self, Fleet, FleetSpec, fleet};
use crate::clock::Clock;
use crate::desk;
use crate::geo::Point;
use crate::intake::{self, BookingRow, BookingTerms, lade};
use crate::model::{
    Area, Booking, Courier, Hub, ProgrammeId, Region, RegionId, RosterEntry, ShiftDay,
};
use crate::planning::{DayPlan, Entry, Replan, RoutePlan, RouteShift, replan};
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Room around hubs and bookings where no region file gives an area, degrees.
const AREA_MARGIN: f64 = 0.2;

/// Files of a day, and where to write its plan.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// Service centres, CSV or JSON.
    #[arg(long, required_unless_present = "fleet")]
    hubs: Option<PathBuf>,
    /// Couriers, CSV or JSON.
    #[arg(long, required_unless_present = "fleet")]
    couriers: Option<PathBuf>,
    /// Bookings, CSV or JSON.
    #[arg(long)]
    bookings: PathBuf,
    /// Rosters, CSV or JSON. Without them every courier works while their hub is open.
    #[arg(long)]
    shifts: Option<PathBuf>,
    /// The region's settings, JSON. Without them all settings are at their defaults and the area
    /// is what hubs and bookings span.
    #[arg(long)]
    regions: Option<PathBuf>,
    /// The service date; needed when the bookings are of several.
    #[arg(long)]
    date: Option<NaiveDate>,
    /// Time zone, where no region file names one.
    #[arg(long, default_value = "Asia/Shanghai")]
    time_zone: Tz,
    /// The layout of the bookings file.
    #[arg(long, value_enum, default_value_t = Format::Doorstep)]
    format: Format,
    /// Make a fleet of so many couriers at so many hubs where the demand is: `60,6`.
    #[arg(long, value_parser = fleet_size, conflicts_with_all = ["hubs", "couriers", "shifts"])]
    fleet: Option<FleetSize>,
    #[command(flatten)]
    lade: LadeArgs,
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
    year: i32,
    /// For `--format lade` and `--fleet`: decides devices and couriers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// For `--format lade`: the region that the bookings are for.
    #[arg(long, default_value = "shanghai")]
    region: RegionId,
}

/// Couriers and hubs of a made fleet.
#[derive(Clone, Copy, Debug)]
struct FleetSize {
    couriers: u32,
    hubs: u32,
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
    /// Reads a LaDe-P file; oddities of its rows go to the log.
    pub(super) fn rows(
        &self,
        bytes: &[u8],
        file: &str,
        regions: &[Region],
    ) -> Result<Vec<BookingRow>, CliError> {
        if !regions.is_empty() && !regions.iter().any(|region| region.id == self.region) {
            let message = format!("there is no region '{}': name one with --region", self.region);
            return Err(CliError::Usage(message));
        }
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

/// Everything a day is planned from.
struct Day {
    region: Region,
    hubs: Vec<Hub>,
    couriers: Vec<Courier>,
    roster: Vec<RosterEntry>,
    bookings: Vec<Booking>,
    date: NaiveDate,
}

pub(super) fn run(args: &PlanArgs) -> Result<(), CliError> {
    let clock = Clock::system();
    let day = read(args)?;
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

fn read(args: &PlanArgs) -> Result<Day, CliError> {
    let regions = match &args.regions {
        Some(path) => intake::regions(&files::read(path)?, &name(path))?,
        None => Vec::new(),
    };
    let rows = read_rows(args, &regions)?;
    let mut hubs = Vec::new();
    if let Some(path) = &args.hubs {
        let known = args.regions.is_some().then_some(regions.as_slice());
        hubs = intake::hubs(&files::read(path)?, &name(path), known)?;
    }
    let region = match regions.into_iter().find(|region| names(&rows, &region.id)) {
        Some(region) => region,
        None => assumed_region(args, &rows, &hubs)?,
    };
    let file = name(&args.bookings);
    let terms = BookingTerms {
        regions: std::slice::from_ref(&region),
        programme: &ProgrammeId::new("planned").map_err(CliError::failed)?,
        requested_at: DateTime::UNIX_EPOCH,
        earliest: None,
    };
    let bookings = intake::confirm(rows, &file, &terms)?;
    let date = date_of(args, &bookings)?;
    let bookings: Vec<Booking> = bookings.into_iter().filter(|b| b.date == date).collect();
    if let Some(size) = args.fleet {
        let Fleet { hubs, couriers, roster } = made_fleet(&region, &bookings, size, args.lade.seed);
        return Ok(Day { region, hubs, couriers, roster, bookings, date });
    }
    let couriers = match &args.couriers {
        Some(path) => intake::couriers(&files::read(path)?, &name(path), Some(&hubs))?,
        None => Vec::new(),
    };
    let roster = match &args.shifts {
        Some(path) => intake::shifts(&files::read(path)?, &name(path), Some(&couriers))?,
        None => hub_hours(&couriers, &hubs),
    };
    Ok(Day { region, hubs, couriers, roster, bookings, date })
}

fn read_rows(args: &PlanArgs, regions: &[Region]) -> Result<Vec<BookingRow>, CliError> {
    let bytes = files::read(&args.bookings)?;
    let file = name(&args.bookings);
    match args.format {
        Format::Doorstep => Ok(intake::booking_rows(&bytes, &file)?),
        Format::Lade => args.lade.rows(&bytes, &file, regions),
    }
}

fn names(rows: &[BookingRow], region: &RegionId) -> bool {
    rows.iter().any(|row| &row.region == region)
}

/// The one date of the bookings, or the one asked for. A LaDe-P file is of one day but for a few
/// strays: there the date of most counts.
fn date_of(args: &PlanArgs, bookings: &[Booking]) -> Result<NaiveDate, CliError> {
    let mut counts: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for booking in bookings {
        *counts.entry(booking.date).or_default() += 1;
    }
    if let Some(date) = args.date {
        return Ok(date);
    }
    let Some((&most, &count)) = counts.iter().max_by_key(|(_, count)| **count) else {
        return Err(CliError::Failed(format!(
            "{}: there are no bookings; name the day with --date to plan it empty",
            args.bookings.display()
        )));
    };
    if counts.len() == 1 {
        return Ok(most);
    }
    if args.format == Format::Lade {
        let strays = bookings.len() - count;
        tracing::warn!("planning {most}; {strays} bookings of other dates are left out");
        return Ok(most);
    }
    let list: Vec<String> =
        counts.iter().map(|(date, count)| format!("{date} ({count})")).collect();
    Err(CliError::Usage(format!(
        "the bookings are of several days, choose one with --date: {}",
        list.join(", ")
    )))
}

/// A region at its defaults around everything that the files name.
fn assumed_region(args: &PlanArgs, rows: &[BookingRow], hubs: &[Hub]) -> Result<Region, CliError> {
    let named = rows.first().map(|row| &row.region).or(hubs.first().map(|hub| &hub.region));
    let id = named.unwrap_or(&args.lade.region).clone();
    let whole = Area::Bbox([-180.0, -90.0, 180.0, 90.0]);
    let draft = Region::new(id.clone(), id.as_str(), args.time_zone, whole);
    let around_hubs = hubs.iter().map(|hub| hub.place);
    let points: Vec<_> = match hubs.is_empty() {
        true => rows.iter().filter_map(|row| row.point(&draft)).collect(),
        false => around_hubs.collect(),
    };
    let span = |of: fn(Point) -> f64| {
        let low = points.iter().map(|point| of(*point)).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(|point| of(*point)).fold(f64::NEG_INFINITY, f64::max);
        (low - AREA_MARGIN, high + AREA_MARGIN)
    };
    let ((west, east), (south, north)) = (span(|p| p.lon()), span(|p| p.lat()));
    let area = Area::Bbox([west.max(-180.0), south.max(-90.0), east.min(180.0), north.min(90.0)]);
    area.validate().map_err(|_| CliError::Failed("there is neither a hub nor a booking".into()))?;
    Ok(Region { area, ..draft })
}

/// Hubs and couriers where the demand is.
fn made_fleet(region: &Region, bookings: &[Booking], size: FleetSize, seed: u64) -> Fleet {
    let points: Vec<Point> = bookings.iter().map(Booking::place).collect();
    let FleetSize { couriers, hubs } = size;
    fleet(&points, &FleetSpec { seed, region, couriers, hubs, days: ShiftDay::DAILY })
}

/// A shift for every courier while their hub is open.
fn hub_hours(couriers: &[Courier], hubs: &[Hub]) -> Vec<RosterEntry> {
    let hub_of = |courier: &Courier| hubs.iter().find(|hub| hub.id == courier.hub);
    couriers
        .iter()
        .filter_map(|courier| {
            let hub = hub_of(courier)?;
            Some(RosterEntry {
                courier: courier.id.clone(),
                date: ShiftDay::DAILY,
                starts: hub.opens,
                ends: hub.closes,
                rest: None,
            })
        })
        .collect()
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
