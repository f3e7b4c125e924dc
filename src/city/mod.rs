//! A seeded city: places, customers, hubs and couriers that are all made up, for demonstrations,
//! simulations, tests and benchmarks.
//!
//! The same seed and numbers give the same city, bit for bit, on every platform: choices come
//! from a `ChaCha` stream and plain arithmetic alone. Nobody in it is real.
//!
//! - [`City::generate`] makes a whole city with a day of bookings, [`files`] writes it down.
//! - [`day_over_places`] makes a day over places that are given, [`fleet()`] a fleet for them.
//! - [`lade_bookings`] furnishes real orders of [`intake::lade`](crate::intake::lade) with devices.

mod customer;
mod day;
mod dice;
mod fleet;
mod ground;
mod preset;
mod terrain;
mod write;

pub use day::{DaySpec, day_over_places, lade_bookings};
pub use fleet::{Fleet, FleetSpec, fleet};
pub use preset::{PRESETS, Preset};
pub use write::{bookings_csv, couriers_csv, files, hubs_csv, regions_json, shifts_csv};

use crate::geo::Point;
use crate::intake::BookingRow;
use crate::model::{Area, Category, Courier, Hub, Region, RegionId, RosterEntry, ShiftDay, Skill};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// Degrees that a region reaches beyond its centre (east and west, north and south).
const REACH_DEG: (f64, f64) = (0.6, 0.5);
/// Degrees that a region reaches beyond given places: about 5 km.
const MARGIN_DEG: f64 = 0.05;

/// How large a city and its day are wanted.
#[derive(Clone, Debug)]
pub struct CitySpec {
    /// The same seed gives the same city.
    pub seed: u64,
    /// Its settings; [`region_around`] makes some.
    pub region: Region,
    /// Where it is densest.
    pub centre: Point,
    /// How many bookings.
    pub bookings: u32,
    /// How many couriers.
    pub couriers: u32,
    /// How many hubs.
    pub hubs: u32,
    /// The service date of the bookings.
    pub date: NaiveDate,
    /// The days that couriers work on.
    pub days: ShiftDay,
}

/// A city and a day in it.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    /// Its settings.
    pub region: Region,
    /// The one with the most demand first.
    pub hubs: Vec<Hub>,
    /// Hub by hub.
    pub couriers: Vec<Courier>,
    /// One entry for each courier.
    pub roster: Vec<RosterEntry>,
    /// In the order in which they are asked for.
    pub bookings: Vec<BookingRow>,
}

impl City {
    /// Makes up a city: a dense centre with sub-centres, about three bookings to a residential
    /// compound, and hubs where the demand is.
    #[must_use]
    pub fn generate(spec: &CitySpec) -> Self {
        let compounds = spec.bookings.div_ceil(3).max(1) as usize;
        let places = terrain::compounds(spec.seed, spec.centre, &spec.region.area, compounds);
        Self::over_places(&places, spec)
    }

    /// A city on given places, each a residential compound. The centre of `spec` does not matter.
    #[must_use]
    pub fn over_places(places: &[Point], spec: &CitySpec) -> Self {
        let CitySpec { seed, date, days, .. } = *spec;
        let region = spec.region.clone();
        let day = DaySpec { seed, region: &region, date, bookings: spec.bookings };
        let bookings = day_over_places(places, &day);
        let doors: Vec<Point> = bookings.iter().filter_map(|row| row.point(&region)).collect();
        let wanted =
            FleetSpec { seed, region: &region, couriers: spec.couriers, hubs: spec.hubs, days };
        let Fleet { hubs, couriers, roster } =
            fleet(if doors.is_empty() { places } else { &doors }, &wanted);
        Self { region, hubs, couriers, roster, bookings }
    }
}

/// Settings of a region around a centre: a box of about 110 by 110 km, all else at its defaults,
/// and desktop computers only for couriers with the skill (tricycles and vans of [`fleet()`]).
#[must_use]
pub fn region_around(id: RegionId, name: &str, zone: Tz, centre: Point) -> Region {
    let (east, north) = REACH_DEG;
    region(id, name, zone, (centre, centre), (east, north))
}

/// Settings of a region that holds all `places` with a margin of about 5 km, else as
/// [`region_around`]. `None` where there are no places.
#[must_use]
pub fn region_of_places(id: RegionId, name: &str, zone: Tz, places: &[Point]) -> Option<Region> {
    let first = *places.first()?;
    let corners = places.iter().fold((first, first), |(low, high), place| {
        let (lon, lat) = (place.lon(), place.lat());
        let lower = Point::new(low.lon().min(lon), low.lat().min(lat)).unwrap_or(low);
        let upper = Point::new(high.lon().max(lon), high.lat().max(lat)).unwrap_or(high);
        (lower, upper)
    });
    Some(region(id, name, zone, corners, (MARGIN_DEG, MARGIN_DEG)))
}

fn region(
    id: RegionId,
    name: &str,
    zone: Tz,
    (low, high): (Point, Point),
    (east, north): (f64, f64),
) -> Region {
    let bbox = [
        (low.lon() - east).max(-180.0),
        (low.lat() - north).max(-90.0),
        (high.lon() + east).min(180.0),
        (high.lat() + north).min(90.0),
    ];
    let mut region = Region::new(id, name, zone, Area::Bbox(bbox.map(ground::six_decimals)));
    let skill: BTreeSet<Skill> = BTreeSet::from([fleet::DESKTOP.to_owned()]);
    region.device_skills.insert(Category::Desktop, skill);
    region
}
