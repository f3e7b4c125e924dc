//! Hubs where the demand is, and couriers who start from them.

use super::dice::{Dice, Part};
use super::ground::{cosine, moved};
use crate::geo::Point;
use crate::model::{
    BreakRule, Courier, CourierId, Hub, HubId, Load, Region, RosterEntry, Seconds, ShiftDay, Skill,
    Vehicle,
};
use chrono::NaiveTime;
use std::collections::BTreeSet;

/// Rounds of k-means; hubs hardly move after the first few.
const ROUNDS: usize = 10;
/// The skill that tricycles and vans have, and desktop computers need.
pub(super) const DESKTOP: &str = "desktop";

/// Vehicles of a hub's couriers, over and over: four in five ride e-bikes, and a hub of two has
/// somebody who can carry a desktop computer.
const VEHICLES: [Vehicle; 10] = {
    use Vehicle::{Ebike, Tricycle, Van};
    [Ebike, Tricycle, Ebike, Ebike, Ebike, Ebike, Van, Ebike, Ebike, Ebike]
};

/// Shifts of a hub's couriers, over and over. The slots of 09:00 to 21:00 are all covered.
const SHIFTS: [ShiftHours; 7] = [EARLY, MIDDLE, LATE, EARLY, LATE, MIDDLE, LATE];
const EARLY: ShiftHours = ShiftHours { starts: (8, 30), ends: (17, 30), rest: (11, 13) };
const MIDDLE: ShiftHours = ShiftHours { starts: (10, 0), ends: (19, 0), rest: (12, 14) };
const LATE: ShiftHours = ShiftHours { starts: (12, 30), ends: (21, 30), rest: (16, 18) };
const BREAK_S: i64 = 45 * 60;

/// A shift by the wall clock: hours and minutes, and the hours between which its break begins.
#[derive(Clone, Copy)]
struct ShiftHours {
    starts: (u32, u32),
    ends: (u32, u32),
    rest: (u32, u32),
}

/// How large a fleet is wanted.
#[derive(Clone, Copy, Debug)]
pub struct FleetSpec<'a> {
    /// The same seed gives the same fleet.
    pub seed: u64,
    /// Whose fleet.
    pub region: &'a Region,
    /// How many couriers.
    pub couriers: u32,
    /// How many hubs; at least one is made.
    pub hubs: u32,
    /// The days they all work on.
    pub days: ShiftDay,
}

/// Hubs, couriers and their roster.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// The one with the most demand first.
    pub hubs: Vec<Hub>,
    /// Hub by hub.
    pub couriers: Vec<Courier>,
    /// One entry for each courier.
    pub roster: Vec<RosterEntry>,
}

/// A fleet for demand at `points`: hubs by k-means over them, couriers by each hub's share, at
/// least one for each hub where there are enough. Empty where there are no points.
///
/// E-bikes mostly, some cargo tricycles and vans; early, middle and late shifts of 9 hours with a
/// break of 45 minutes.
///
/// Takes O(points × hubs) time for each of a few rounds.
#[must_use]
pub fn fleet(points: &[Point], spec: &FleetSpec<'_>) -> Fleet {
    let mut fleet = Fleet { hubs: Vec::new(), couriers: Vec::new(), roster: Vec::new() };
    let sites = sites(points, spec);
    let shares = shares(&sites, spec.couriers);
    for (site, (number, share)) in sites.iter().zip((1_u32..).zip(shares)) {
        let hub = hub(spec.region, number, site.place);
        for index in 0..share {
            let number = fleet.couriers.len() + 1;
            let courier = courier(&hub, number, VEHICLES[index % VEHICLES.len()]);
            fleet.roster.push(roster_entry(&courier, spec.days, SHIFTS[index % SHIFTS.len()]));
            fleet.couriers.push(courier);
        }
        fleet.hubs.push(hub);
    }
    fleet
}

/// A hub's place and how many demand points are nearest to it.
struct Site {
    place: Point,
    demand: usize,
}

fn sites(points: &[Point], spec: &FleetSpec<'_>) -> Vec<Site> {
    let Some(&first) = points.first() else { return Vec::new() };
    let flat = Plane { squeeze: cosine(first.lat()) };
    let mut dice = Dice::new(spec.seed, Part::Hubs);
    let mut centres = flat.spread_out(points, spec.hubs.max(1), &mut dice);
    let mut demand = Vec::new();
    for _ in 0..ROUNDS {
        (centres, demand) = flat.round(points, &centres);
    }
    let sites = centres.into_iter().zip(demand).map(|((lon, lat), demand)| {
        let middle = Point::new(lon, lat).unwrap_or(first);
        let near = || flat.nearest_point(points, (lon, lat)).unwrap_or(first);
        let place = if spec.region.area.contains(middle) { middle } else { near() };
        Site { place: moved(place, 0.0, 0.0), demand }
    });
    let mut sites: Vec<Site> = sites.collect();
    sites.sort_by_key(|site| std::cmp::Reverse(site.demand));
    sites
}

/// Longitude and latitude.
type LonLat = (f64, f64);

/// Degrees compared as on a plane: east-west ones count `squeeze` as much.
struct Plane {
    squeeze: f64,
}

impl Plane {
    fn square(&self, a: LonLat, b: LonLat) -> f64 {
        let (east, north) = ((a.0 - b.0) * self.squeeze, a.1 - b.1);
        east * east + north * north
    }

    /// The index of the nearest centre and the square of its distance.
    fn nearest(&self, centres: &[LonLat], point: Point) -> (usize, f64) {
        let at = (point.lon(), point.lat());
        let squares = centres.iter().map(|&centre| self.square(centre, at)).enumerate();
        squares.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, f64::INFINITY))
    }

    fn nearest_point(&self, points: &[Point], at: LonLat) -> Option<Point> {
        let square = |point: &Point| self.square((point.lon(), point.lat()), at);
        points.iter().copied().min_by(|a, b| square(a).total_cmp(&square(b)))
    }

    /// First centres far from each other: the best of a few random points each time, the one that
    /// is farthest from those chosen before.
    fn spread_out(&self, points: &[Point], count: u32, dice: &mut Dice) -> Vec<LonLat> {
        const CANDIDATES: usize = 8;
        let mut centres: Vec<LonLat> = Vec::new();
        for _ in 0..count {
            let candidates = (0..CANDIDATES).map(|_| points[dice.index(points.len())]);
            let far = candidates.max_by(|&a, &b| {
                self.nearest(&centres, a).1.total_cmp(&self.nearest(&centres, b).1)
            });
            centres.extend(far.map(|point| (point.lon(), point.lat())));
        }
        centres
    }

    /// One round of k-means: each centre moves to the middle of the points nearest to it. A centre
    /// without points stays.
    fn round(&self, points: &[Point], centres: &[LonLat]) -> (Vec<LonLat>, Vec<usize>) {
        let mut sums = vec![(0.0, 0.0, 0.0); centres.len()];
        let mut counts = vec![0; centres.len()];
        for &point in points {
            let (nearest, _) = self.nearest(centres, point);
            let (lon, lat, weight) = sums[nearest];
            sums[nearest] = (lon + point.lon(), lat + point.lat(), weight + 1.0);
            counts[nearest] += 1;
        }
        let middles = sums.iter().zip(centres).map(|(&(lon, lat, weight), &centre)| {
            if weight > 0.0 { (lon / weight, lat / weight) } else { centre }
        });
        (middles.collect(), counts)
    }
}

/// How many couriers each site gets: one each as far as they go, the others by largest remainder
/// of the demand.
fn shares(sites: &[Site], couriers: u32) -> Vec<usize> {
    let couriers = couriers as usize;
    let mut shares: Vec<usize> =
        (0..sites.len()).map(|site| usize::from(site < couriers)).collect();
    let spare = couriers.saturating_sub(sites.len());
    let demand: usize = sites.iter().map(|site| site.demand).sum();
    if sites.is_empty() || demand == 0 {
        return shares;
    }
    let mut given = 0;
    for (share, site) in shares.iter_mut().zip(sites) {
        *share += spare * site.demand / demand;
        given += spare * site.demand / demand;
    }
    let mut by_remainder: Vec<usize> = (0..sites.len()).collect();
    by_remainder.sort_by_key(|&site| std::cmp::Reverse(spare * sites[site].demand % demand));
    for &site in by_remainder.iter().take(spare - given) {
        shares[site] += 1;
    }
    shares
}

fn hub(region: &Region, number: u32, place: Point) -> Hub {
    Hub {
        id: HubId::new(format!("{}-hub-{number}", short(region))).expect(ID_FITS),
        region: region.id.clone(),
        name: format!("{} service centre {number}", region.name),
        place,
        opens: time((8, 0)),
        closes: time((22, 0)),
    }
}

fn courier(hub: &Hub, number: usize, vehicle: Vehicle) -> Courier {
    let region = &hub.region;
    let skills: BTreeSet<Skill> = match vehicle {
        Vehicle::Ebike => BTreeSet::new(),
        Vehicle::Tricycle | Vehicle::Van => BTreeSet::from([DESKTOP.to_owned()]),
    };
    let short: String = region.as_str().chars().take(ID_REGION_CHARS).collect();
    Courier {
        id: CourierId::new(format!("{short}-c{number:04}")).expect(ID_FITS),
        region: region.clone(),
        name: format!("Courier {number:04}"),
        vehicle,
        hub: hub.id.clone(),
        capacity: capacity(vehicle),
        skills,
        max_stops: None,
    }
}

/// Ids have 64 characters: the region's name gives way to the number.
const ID_REGION_CHARS: usize = 40;
const ID_FITS: &str = "a shortened region id and a number are an id";

fn short(region: &Region) -> String {
    region.id.as_str().chars().take(ID_REGION_CHARS).collect()
}

/// What a vehicle takes; value is the insured cap in minor units.
fn capacity(vehicle: Vehicle) -> Load {
    match vehicle {
        Vehicle::Ebike => {
            Load { parcels: 40, weight_g: 80_000, volume_ml: 120_000, value: 4_000_000 }
        }
        Vehicle::Tricycle => {
            Load { parcels: 60, weight_g: 250_000, volume_ml: 900_000, value: 6_000_000 }
        }
        Vehicle::Van => {
            Load { parcels: 120, weight_g: 800_000, volume_ml: 3_500_000, value: 12_000_000 }
        }
    }
}

fn roster_entry(courier: &Courier, date: ShiftDay, shift: ShiftHours) -> RosterEntry {
    let ShiftHours { starts, ends, rest: (earliest, latest) } = shift;
    let rest = BreakRule {
        earliest: time((earliest, 0)),
        latest: time((latest, 0)),
        duration_s: Seconds(BREAK_S),
    };
    RosterEntry {
        courier: courier.id.clone(),
        date,
        starts: time(starts),
        ends: time(ends),
        rest: Some(rest),
    }
}

fn time((hour, minute): (u32, u32)) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}
