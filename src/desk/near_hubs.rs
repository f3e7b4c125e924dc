//! Where customers can go instead.

use super::Desk;
use crate::geo::{Point, haversine_m};
use crate::model::{Hub, Meters, TimeWindow};
use crate::planning::DayPlan;
use std::sync::Arc;

/// A hub near a place.
#[derive(Clone, Debug)]
pub struct NearHub {
    /// The hub.
    pub hub: Arc<Hub>,
    /// Straight distance.
    pub distance_m: Meters,
    /// Its hours on the first asked date.
    pub hours: TimeWindow,
}

/// How many hubs an answer names.
const HUBS_MAX: usize = 3;

impl Desk {
    /// The hubs nearest to a place, with their hours on a day; without those that are closed on it.
    pub(super) fn near_hubs(&self, day: &DayPlan, place: Point) -> Vec<NearHub> {
        let (region, date) = (&*day.region, day.date);
        let is_open = |hub: &&Arc<Hub>| !day.disturbances.iter().any(|d| d.closes(&hub.id));
        let registry = self.registry();
        let mut hubs: Vec<NearHub> = registry
            .hubs_of(&region.id)
            .filter(is_open)
            .map(|hub| NearHub {
                hub: Arc::clone(hub),
                distance_m: Meters::rounded(haversine_m(place, hub.place)),
                hours: hub.hours(region, date),
            })
            .collect();
        hubs.sort_by(|a, b| (a.distance_m, &a.hub.id).cmp(&(b.distance_m, &b.hub.id)));
        hubs.truncate(HUBS_MAX);
        hubs
    }
}
