//! What was imported: regions, hubs, couriers, rosters, and the keys of those who may call.

use crate::model::{Courier, CourierId, Hub, HubId, Region, RegionId, RosterEntry, ShiftDay};
use crate::planning::RouteShift;
use crate::store::{KeyRow, RegistryRows};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A snapshot of everything imported. Readers keep the one they took.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    /// Counts the changes.
    pub version: i64,
    /// By id.
    pub regions: BTreeMap<RegionId, Arc<Region>>,
    /// By id.
    pub hubs: BTreeMap<HubId, Arc<Hub>>,
    /// By id.
    pub couriers: BTreeMap<CourierId, Arc<Courier>>,
    /// By courier.
    pub roster: BTreeMap<CourierId, Vec<RosterEntry>>,
    /// Keys in use, by the SHA-256 of their token.
    pub keys: HashMap<[u8; 32], Arc<KeyRow>>,
}

impl Registry {
    /// Takes the rows of the database.
    #[must_use]
    pub fn new(rows: RegistryRows) -> Self {
        let mut roster: BTreeMap<CourierId, Vec<RosterEntry>> = BTreeMap::new();
        for entry in rows.roster {
            roster.entry(entry.courier.clone()).or_default().push(entry);
        }
        let keys = rows.keys.into_iter().filter(|key| key.revoked_at.is_none());
        Self {
            version: rows.version,
            regions: rows.regions.into_iter().map(|r| (r.id.clone(), Arc::new(r))).collect(),
            hubs: rows.hubs.into_iter().map(|h| (h.id.clone(), Arc::new(h))).collect(),
            couriers: rows.couriers.into_iter().map(|c| (c.id.clone(), Arc::new(c))).collect(),
            roster,
            keys: keys.map(|key| (key.hash, Arc::new(key))).collect(),
        }
    }

    /// The shifts of a region on a date, by courier. Entries for that very date replace a
    /// courier's weekly ones.
    #[must_use]
    pub fn shifts(&self, region: &Region, date: NaiveDate) -> Vec<RouteShift> {
        let couriers = self.couriers.values().filter(|courier| courier.region == region.id);
        couriers.flat_map(|courier| self.shifts_of(courier, region, date)).collect()
    }

    fn shifts_of(
        &self,
        courier: &Arc<Courier>,
        region: &Region,
        date: NaiveDate,
    ) -> Vec<RouteShift> {
        let Some(hub) = self.hubs.get(&courier.hub) else { return Vec::new() };
        let entries = self.roster.get(&courier.id).map_or(&[][..], Vec::as_slice);
        let dated = entries.iter().any(|entry| entry.date == ShiftDay::Date(date));
        let counts = |entry: &&RosterEntry| !dated || matches!(entry.date, ShiftDay::Date(_));
        let mut shifts: Vec<RouteShift> = entries
            .iter()
            .filter(counts)
            .filter_map(|entry| entry.on(region, date))
            .map(|shift| RouteShift::new(Arc::clone(courier), Arc::clone(hub), shift))
            .collect();
        shifts.sort_by_key(|of| of.shift.starts);
        shifts.dedup_by_key(|of| of.shift.starts);
        shifts
    }

    /// The hubs of a region.
    pub fn hubs_of<'a>(&'a self, region: &'a RegionId) -> impl Iterator<Item = &'a Arc<Hub>> {
        self.hubs.values().filter(move |hub| &hub.region == region)
    }
}
