//! Costs as whole numbers for each second and metre.
//!
//! VROOM's cost of a leg is `per_hour × seconds / 3,600 + per_km × metres / 1,000`. Counted in
//! parts of a unit, 3,600,000 of them at most, all coefficients are whole; the parts are made as
//! large as the coefficients allow.

use super::document::{Costs, Document, Vehicle};
use super::ground::Ground;
use super::values::Price;
use crate::formats::fault::Faults;
use crate::formats::limits::PRICE_MAX;
use crate::solver;

/// Parts of a unit in which everything is whole.
const PARTS: i64 = 3_600_000;
/// A cost per hour in those, for each second.
const HOUR: i64 = 1_000;
/// A cost per kilometre in those, for each metre.
const KILOMETRE: i64 = 3_600;
/// A cost for using a vehicle, in parts of a unit: 65,536 vehicles of it fit into 64 bits.
const FIXED_MAX: i64 = 1 << 46;
/// The cost of an hour where nothing is said: a second costs one.
const PER_HOUR: i64 = 3_600;

/// How costs are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices {
    common: i64,
}

impl Prices {
    pub(super) fn of(document: &Document, ground: &Ground, faults: &mut Faults) -> Self {
        let of_vehicle = |vehicle: &Vehicle| {
            let overtime = vehicle.overtime.as_ref().and_then(|overtime| overtime.per_hour);
            let own = ground.has_costs(vehicle.profile.as_deref());
            let (hour, km) = if own { (0, 0) } else { of_way(vehicle.costs.as_ref()) };
            [hour * HOUR, km * KILOMETRE, overtime.map_or(0, Price::long) * HOUR]
        };
        let late = document.lateness_per_hour.map_or(0, Price::long) * HOUR;
        let all = document.vehicles.iter().flat_map(of_vehicle).chain([late]);
        let (common, most) = all.fold((PARTS, 0), |(common, most), coefficient| {
            (divisor(common, coefficient), most.max(coefficient))
        });
        if most / common > PRICE_MAX {
            let message = "found costs too large to be counted exactly, expected per_hour, per_km \
                           and lateness_per_hour up to some millions: use a larger unit of money";
            faults.note("/vehicles", message);
        }
        Self { common }
    }

    /// Parts in a unit of cost.
    pub(super) fn parts(self) -> i64 {
        PARTS / self.common
    }

    /// For each second.
    pub(super) fn per_hour(self, price: Price) -> i64 {
        price.long() * HOUR / self.common
    }

    /// The costs of a vehicle.
    pub(super) fn costs(
        self,
        vehicle: &Vehicle,
        ground: &Ground,
        pointer: &str,
        faults: &mut Faults,
    ) -> solver::Costs {
        let given = vehicle.costs.as_ref();
        let profile = vehicle.profile.as_deref();
        let (hour, km) = of_way(given);
        let pointer = format!("{pointer}/costs");
        if ground.has_costs(profile) && (hour, km) != (PER_HOUR, 0) {
            let message = "found per_hour or per_km beside a matrix of costs for the profile, \
                           expected one or the other";
            faults.note(&pointer, message);
        }
        if km > 0 && !ground.has_distances(profile) {
            let message = "found per_km, but no matrix of distances for the profile: add it";
            faults.note(&pointer, message);
        }
        if given.and_then(|costs| costs.per_task_hour).is_some_and(|price| price.get() > 0) {
            let message = "found per_task_hour, which is not counted here: leave it out";
            faults.note(&pointer, message);
        }
        let fixed = given.and_then(|costs| costs.fixed).map_or(0, Price::long) * self.parts();
        if fixed > FIXED_MAX {
            let message = "found a fixed cost too large to be counted exactly beside the other \
                           costs: use a larger unit of money";
            faults.note(&pointer, message);
        }
        solver::Costs {
            fixed,
            per_second: hour * HOUR / self.common,
            per_metre: km * KILOMETRE / self.common,
        }
    }
}

/// Costs per hour and per kilometre.
fn of_way(costs: Option<&Costs>) -> (i64, i64) {
    let hour = costs.and_then(|costs| costs.per_hour).map_or(PER_HOUR, Price::long);
    (hour, costs.and_then(|costs| costs.per_km).map_or(0, Price::long))
}

/// The greatest common divisor; of zero and a number, the number.
fn divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { divisor(b, a % b) }
}
