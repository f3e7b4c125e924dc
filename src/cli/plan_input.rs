//! What `doorstep plan` plans from: the files it was given, read together.

use super::bookings_file::Format;
use super::plan::{FleetSize, PlanArgs};
use super::{CliError, files};
use crate::city::{Fleet, FleetSpec, fleet};
use crate::geo::Point;
use crate::intake::{self, BookingRow, BookingTerms, Faults};
use crate::model::{
    Area, Booking, Courier, Hub, ProgrammeId, Region, RegionId, RosterEntry, ShiftDay,
};
use chrono::{DateTime, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Room around hubs or bookings where no region file gives an area, degrees.
const AREA_MARGIN: f64 = 0.2;

/// Everything a day is planned from.
pub(super) struct Day {
    pub(super) region: Region,
    pub(super) hubs: Vec<Hub>,
    pub(super) couriers: Vec<Courier>,
    pub(super) roster: Vec<RosterEntry>,
    pub(super) bookings: Vec<Booking>,
    pub(super) date: NaiveDate,
}

/// Reads the files. The faults of all of them are told at once.
pub(super) fn read(args: &PlanArgs) -> Result<Day, CliError> {
    let mut refused = Vec::new();
    let given = args.regions.as_deref();
    let regions = listed(given, &mut refused, intake::regions)?.unwrap_or_default();
    let known = (!regions.is_empty()).then_some(regions.as_slice());
    let hubs =
        listed(args.hubs.as_deref(), &mut refused, |bytes, name| intake::hubs(bytes, name, known))?;
    let couriers = listed(args.couriers.as_deref(), &mut refused, |bytes, name| {
        intake::couriers(bytes, name, hubs.as_deref())
    })?;
    let roster = listed(args.shifts.as_deref(), &mut refused, |bytes, name| {
        intake::shifts(bytes, name, couriers.as_deref())
    })?;
    let settings = if regions.is_empty() { assumed_around(args, hubs.as_deref()) } else { regions };
    let day = region_and_bookings(args, settings, &mut refused)?;
    let (Some((region, bookings)), true) = (day, refused.is_empty()) else {
        return Err(CliError::of_faults(&refused));
    };
    let fleet = Fleet {
        hubs: hubs.unwrap_or_default(),
        couriers: couriers.unwrap_or_default(),
        roster: roster.unwrap_or_default(),
    };
    let date = date_of(args, &bookings)?;
    let bookings: Vec<Booking> = bookings.into_iter().filter(|b| b.date == date).collect();
    let Fleet { hubs, couriers, roster } = match args.fleet {
        Some(size) => made_fleet(&region, &bookings, size, args.lade.data_seed),
        None if args.shifts.is_none() => {
            Fleet { roster: hub_hours(&fleet.couriers, &fleet.hubs), ..fleet }
        }
        None => fleet,
    };
    Ok(Day { region, hubs, couriers, roster, bookings, date })
}

/// Reads a file where one is given. Nothing, too, where it is faulty: what refers to it is then
/// not held against it.
fn listed<T>(
    path: Option<&Path>,
    refused: &mut Vec<Faults>,
    read: impl Fn(&[u8], &str) -> Result<Vec<T>, Faults>,
) -> Result<Option<Vec<T>>, CliError> {
    let Some(path) = path else { return Ok(None) };
    let rows = read(&files::read(path)?, &path.display().to_string());
    Ok(rows.map_err(|faults| refused.push(faults)).ok())
}

/// Reads the bookings under the settings of their region. Without any settings, they are at their
/// defaults and the area is what the bookings span.
fn region_and_bookings(
    args: &PlanArgs,
    mut settings: Vec<Region>,
    refused: &mut Vec<Faults>,
) -> Result<Option<(Region, Vec<Booking>)>, CliError> {
    let bytes = files::read(&args.bookings)?;
    let name = args.bookings.display().to_string();
    let programme = ProgrammeId::new("planned").map_err(CliError::failed)?;
    let bookings = match args.format {
        Format::Doorstep if !settings.is_empty() => {
            intake::bookings(&bytes, &name, &terms(&settings, &programme))
        }
        format => {
            let rows = match format {
                Format::Doorstep => intake::booking_rows(&bytes, &name),
                Format::Lade => args.lade.rows(&bytes, &name, &settings),
            };
            if let (true, Ok(rows)) = (settings.is_empty(), &rows) {
                settings.extend(assumed_of(args, rows));
            }
            rows.and_then(|rows| intake::confirm(rows, &name, &terms(&settings, &programme)))
        }
    };
    match bookings {
        Ok(bookings) => Ok(Some((region_of(args, settings, &bookings)?, bookings))),
        Err(faults) => {
            refused.push(faults);
            Ok(None)
        }
    }
}

fn terms<'a>(regions: &'a [Region], programme: &'a ProgrammeId) -> BookingTerms<'a> {
    let requested_at = DateTime::UNIX_EPOCH;
    BookingTerms { regions, programme, requested_at, earliest: None }
}

/// The one region that all bookings are in; where there is no booking, the one there is.
fn region_of(
    args: &PlanArgs,
    settings: Vec<Region>,
    bookings: &[Booking],
) -> Result<Region, CliError> {
    let named: BTreeSet<&RegionId> = bookings.iter().map(|booking| &booking.region).collect();
    if named.len() > 1 {
        let list: Vec<&str> = named.into_iter().map(RegionId::as_str).collect();
        return Err(CliError::Usage(format!(
            "the bookings are of several regions ({}): a plan is of one, give a file for each",
            list.join(", ")
        )));
    }
    let wanted = named.first().copied().unwrap_or(&args.lade.region);
    let only = settings.len() == 1;
    let found = settings.into_iter().find(|region| only || &region.id == wanted);
    found.ok_or_else(|| CliError::Failed("there is neither a hub nor a booking".to_owned()))
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

/// A region at its defaults around the hubs, where there are any.
fn assumed_around(args: &PlanArgs, hubs: Option<&[Hub]>) -> Vec<Region> {
    let hubs = hubs.unwrap_or_default();
    let Some(first) = hubs.first() else { return Vec::new() };
    let id = match args.format {
        Format::Doorstep => &first.region,
        Format::Lade => &args.lade.region,
    };
    let places: Vec<Point> = hubs.iter().map(|hub| hub.place).collect();
    assumed_region(args, id, &places).into_iter().collect()
}

/// A region at its defaults around the bookings, where there are any.
fn assumed_of(args: &PlanArgs, rows: &[BookingRow]) -> Option<Region> {
    let id = &rows.first()?.region;
    let draft = draft_region(args, id);
    let places: Vec<Point> = rows.iter().filter_map(|row| row.point(&draft)).collect();
    assumed_region(args, id, &places)
}

fn assumed_region(args: &PlanArgs, id: &RegionId, places: &[Point]) -> Option<Region> {
    let span = |of: fn(Point) -> f64| {
        let low = places.iter().map(|point| of(*point)).fold(f64::INFINITY, f64::min);
        let high = places.iter().map(|point| of(*point)).fold(f64::NEG_INFINITY, f64::max);
        (low - AREA_MARGIN, high + AREA_MARGIN)
    };
    let ((west, east), (south, north)) = (span(Point::lon), span(Point::lat));
    let area = Area::Bbox([west.max(-180.0), south.max(-90.0), east.min(180.0), north.min(90.0)]);
    area.validate().ok()?;
    Some(Region { area, ..draft_region(args, id) })
}

fn draft_region(args: &PlanArgs, id: &RegionId) -> Region {
    let whole = Area::Bbox([-180.0, -90.0, 180.0, 90.0]);
    Region::new(id.clone(), id.as_str(), args.time_zone, whole)
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
