//! A region-day out of the database.

use super::registry::Registry;
use crate::model::{BookingId, RegionId, Route, RouteId};
use crate::planning::{DayPlan, Entry, RoutePlan, RouteShift};
use crate::store::{BookingRow, DayRows, Store, StoreError};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Opens a day: its shifts get their routes where they have none yet, and everything is read. Also
/// returns the number of the day's last event.
pub(super) async fn day(
    store: &Store,
    registry: &Registry,
    region: &RegionId,
    date: NaiveDate,
) -> Result<(DayPlan, i64), StoreError> {
    let region = registry.regions.get(region).cloned().ok_or_else(|| {
        StoreError::Unavailable(format!("the region {region} is not in the registry"))
    })?;
    let shifts = registry.shifts(&region, date);
    let idle = DayPlan::idle(Arc::clone(&region), date, shifts);
    let routes: Vec<Route> = idle.routes.iter().map(|route| route.to_route(&idle)).collect();
    let rows = store.open_day(&region.id, date, &routes).await?;
    let last_seq = rows.last_seq;
    Ok((assemble(registry, idle, rows), last_seq))
}

/// A booking and as much of its day as is needed to take it out: the route it is on, or the pool with
/// it alone. Nothing if there is no such booking.
pub(super) async fn place(
    store: &Store,
    registry: &Registry,
    id: BookingId,
) -> Result<Option<(BookingRow, DayPlan)>, StoreError> {
    let Some((row, rows)) = store.read_place(id).await? else { return Ok(None) };
    let region = registry.regions.get(&row.booking.region).cloned().ok_or_else(|| {
        StoreError::Unavailable(format!("the region {} is not in the registry", row.booking.region))
    })?;
    let shifts = registry.shifts(&region, row.booking.date);
    let idle = DayPlan::idle(region, row.booking.date, shifts);
    Ok(Some((row, assemble(registry, idle, rows))))
}

/// The stored routes under today's roster and settings. A route whose shift is no longer on the
/// roster stays while it has visits.
fn assemble(registry: &Registry, idle: DayPlan, rows: DayRows) -> DayPlan {
    let shifts: BTreeMap<RouteId, Arc<RouteShift>> =
        idle.routes.iter().map(|route| (route.id, Arc::clone(&route.of))).collect();
    let placed: HashSet<BookingId> =
        rows.bookings.iter().filter(|row| row.route.is_some()).map(|row| row.booking.id).collect();
    let entries: HashMap<BookingId, Arc<Entry>> = rows
        .bookings
        .into_iter()
        .map(|row| (row.booking.id, Arc::new(Entry { booking: row.booking, version: row.version })))
        .collect();
    let mut routes: Vec<Arc<RoutePlan>> = rows
        .routes
        .iter()
        .filter_map(|stored| {
            let on_roster = shifts.get(&stored.id).map(|of| RouteShift::clone(of));
            let of = match on_roster {
                Some(of) => of,
                None if stored.bookings().next().is_some() => stored_shift(registry, stored)?,
                None => return None,
            };
            Some(Arc::new(RoutePlan::stored(&idle.region, stored, of, &entries)))
        })
        .collect();
    routes.sort_by_key(|route| route.id);
    let mut unassigned: Vec<Arc<Entry>> =
        entries.into_values().filter(|entry| !placed.contains(&entry.booking.id)).collect();
    unassigned.sort_by_key(|entry| entry.booking.id);
    DayPlan { day_version: rows.version, routes, unassigned, ..idle }
}

fn stored_shift(registry: &Registry, stored: &Route) -> Option<RouteShift> {
    let courier = Arc::clone(registry.couriers.get(&stored.courier)?);
    let hub = Arc::clone(registry.hubs.get(&stored.hub)?);
    Some(RouteShift { courier, hub, shift: stored.shift })
}
