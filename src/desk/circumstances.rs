//! Under which circumstances couriers work on a day: the roster, as upset as the day is, and as locked.

use super::registry::Registry;
use crate::geo::haversine_m;
use crate::model::{BlockedArea, Disturbance, Hub, Region, Upset};
use crate::planning::{DayPlan, Locks, RouteShift};
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

/// What is known of a day beyond its roster.
pub(super) struct Circumstances {
    disturbances: Arc<[Disturbance]>,
    blocked: Arc<[BlockedArea]>,
    locks: Arc<Locks>,
    /// The hubs of the region.
    hubs: Vec<Arc<Hub>>,
}

impl Circumstances {
    /// What a list of disturbances means for a region.
    pub(super) fn new(
        registry: &Registry,
        region: &Region,
        disturbances: impl Into<Arc<[Disturbance]>>,
    ) -> Self {
        let disturbances = disturbances.into();
        let in_force = disturbances.iter().filter(|disturbance| !disturbance.is_over);
        let blocked = in_force.filter_map(|disturbance| match &disturbance.what {
            Upset::BlockedArea(blocked) => Some(blocked.clone()),
            _ => None,
        });
        let blocked = blocked.collect();
        let hubs = registry.hubs_of(&region.id).cloned().collect();
        Self { disturbances, blocked, locks: Arc::default(), hubs }
    }

    /// The same with these locks.
    pub(super) fn with_locks(self, locks: Arc<Locks>) -> Self {
        Self { locks, ..self }
    }

    /// A day's plan with its circumstances noted.
    pub(super) fn noted(&self, plan: DayPlan) -> DayPlan {
        let (disturbances, blocked) = (Arc::clone(&self.disturbances), Arc::clone(&self.blocked));
        DayPlan { disturbances, blocked, locks: Arc::clone(&self.locks), ..plan }
    }

    /// The shifts of a date: those of the roster, and extra ones.
    pub(super) fn shifts(
        &self,
        registry: &Registry,
        region: &Region,
        date: NaiveDate,
    ) -> Vec<RouteShift> {
        let in_force = self.disturbances.iter().filter(|disturbance| !disturbance.is_over);
        let extra = in_force.filter_map(|disturbance| {
            let Upset::ExtraShift { courier, shift } = &disturbance.what else { return None };
            let courier = registry.couriers.get(courier)?;
            let hub = registry.hubs.get(&courier.hub)?;
            Some(RouteShift::new(Arc::clone(courier), Arc::clone(hub), *shift))
        });
        registry.shifts(region, date).into_iter().chain(extra).collect()
    }

    /// A shift as it is under these circumstances.
    pub(super) fn of(&self, shift: RouteShift) -> RouteShift {
        let is_locked = self.locks.holds_courier(&shift.courier.id);
        let mut of = RouteShift { blocked: Arc::clone(&self.blocked), is_locked, ..shift };
        for Disturbance { what, is_over, .. } in self.disturbances.iter() {
            match what {
                _ if *is_over => {}
                // Who goes home needs no break.
                Upset::CourierOut { courier } if *courier == of.courier.id => {
                    (of.is_out, of.shift.rest) = (true, None);
                }
                Upset::LateShift { courier, starts } => {
                    if *courier == of.courier.id && *starts < of.shift.ends {
                        of.shift.starts = of.shift.starts.max(*starts);
                    }
                }
                Upset::HubClosed { hub, from } => {
                    if *hub == of.hub.id && *from < of.shift.ends {
                        self.close_hub(&mut of, *from);
                    }
                }
                Upset::CourierOut { .. } | Upset::BlockedArea(_) | Upset::ExtraShift { .. } => {}
            }
        }
        of
    }

    /// Has a courier end at the nearest open hub instead, and begin there too where they have not
    /// begun yet.
    fn close_hub(&self, of: &mut RouteShift, from: DateTime<Utc>) {
        let is_closed =
            |hub: &Hub| self.disturbances.iter().any(|disturbance| disturbance.closes(&hub.id));
        let open = self.hubs.iter().filter(|hub| !is_closed(hub));
        let near = |hub: &&Arc<Hub>| haversine_m(hub.place, of.hub.place);
        let Some(nearest) = open.min_by(|a, b| near(a).total_cmp(&near(b))).cloned() else {
            return;
        };
        if from <= of.shift.starts {
            of.hub = Arc::clone(&nearest);
        }
        of.ends_at = Some(nearest);
    }
}
