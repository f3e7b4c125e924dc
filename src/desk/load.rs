//! A region-day out of the database.

use super::circumstances::Circumstances;
use super::registry::Registry;
use crate::model::{BookingId, Region, RegionId, Route, RouteId};
use crate::planning::{DayPlan, Entry, Locks, RoutePlan, RouteShift};
use crate::store::{BookingRow, DayChanges, DayKnown, DayRows, Store, StoreError};
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
    let disturbances = store.disturbances(&region.id, date).await?;
    let known = Circumstances::new(registry, &region, disturbances);
    let shifts = known.shifts(registry, &region, date);
    let idle = DayPlan::idle(Arc::clone(&region), date, shifts);
    let routes: Vec<Route> = idle.routes.iter().map(|route| route.to_route(&idle)).collect();
    let mut rows = store.open_day(&region.id, date, &routes).await?;
    let under = circumstances(registry, &region, &mut rows);
    let last_seq = rows.last_seq;
    Ok((assemble(registry, &under, idle, rows), last_seq))
}

/// A plan with all that was committed since it was read, under the registry it was read under, and
/// the number of the day's last event. Only what has changed is read, and routes that have not are
/// shared with the plan.
pub(super) async fn changed_day(
    store: &Store,
    registry: &Registry,
    plan: &DayPlan,
) -> Result<(DayPlan, i64), StoreError> {
    let known = DayKnown {
        version: plan.day_version,
        routes: plan.routes.iter().map(|route| (route.id, route.version)).collect(),
        bookings: plan.entries().map(|(_, e)| (e.booking.id, e.version)).collect(),
    };
    let changes = store.day_changes(&plan.region.id, plan.date, &known).await?;
    let changes = changes.ok_or(StoreError::Conflict)?;
    let is_upset =
        changes.disturbances.as_ref().is_some_and(|now| now[..] != plan.disturbances[..]);
    let is_relocked = changes.locks.as_ref().is_some_and(|now| now[..] != *plan.locks.all());
    if is_upset || is_relocked {
        return day(store, registry, &plan.region.id, plan.date).await;
    }
    let last_seq = changes.position.last_seq;
    Ok((merge(registry, plan, changes), last_seq))
}

fn merge(registry: &Registry, plan: &DayPlan, changes: DayChanges) -> DayPlan {
    let on_them: HashSet<BookingId> = changes.routes.iter().flat_map(Route::bookings).collect();
    let mut entries: HashMap<BookingId, Arc<Entry>> = plan
        .entries()
        .filter(|(_, entry)| on_them.contains(&entry.booking.id))
        .map(|(_, entry)| (entry.booking.id, Arc::clone(entry)))
        .collect();
    for row in changes.bookings {
        if row.booking.state.has_place() {
            entries.insert(row.booking.id, entry(row));
        } else {
            entries.remove(&row.booking.id);
        }
    }
    let under = Circumstances::new(registry, &plan.region, Arc::clone(&plan.disturbances))
        .with_locks(Arc::clone(&plan.locks));
    let shifts = under.shifts(registry, &plan.region, plan.date);
    let idle = DayPlan::idle(Arc::clone(&plan.region), plan.date, shifts);
    let shifts = shifts_of(&under, &idle);
    let mut routes: BTreeMap<RouteId, Arc<RoutePlan>> =
        plan.routes.iter().map(|route| (route.id, Arc::clone(route))).collect();
    for stored in &changes.routes {
        match route(registry, &under, &plan.region, &shifts, stored, &entries) {
            Some(route) => routes.insert(stored.id, route),
            None => routes.remove(&stored.id),
        };
    }
    let waiting = changes.waiting.map(|rows| rows.into_iter().map(entry).collect());
    DayPlan {
        region: Arc::clone(&plan.region),
        date: plan.date,
        day_version: changes.position.version,
        routes: routes.into_values().collect(),
        unassigned: waiting.unwrap_or_else(|| plan.unassigned.clone()),
        disturbances: Arc::clone(&plan.disturbances),
        blocked: Arc::clone(&plan.blocked),
        locks: Arc::clone(&plan.locks),
    }
}

/// Takes what upsets and locks a day out of what was read.
fn circumstances(registry: &Registry, region: &Region, rows: &mut DayRows) -> Circumstances {
    let locks = Locks::new(std::mem::take(&mut rows.locks));
    let disturbances = std::mem::take(&mut rows.disturbances);
    Circumstances::new(registry, region, disturbances).with_locks(Arc::new(locks))
}

/// A booking and as much of its day as is needed to take it out: the route it is on, or the pool with
/// it alone. Nothing if there is no such booking.
pub(super) async fn place(
    store: &Store,
    registry: &Registry,
    id: BookingId,
) -> Result<Option<(BookingRow, DayPlan)>, StoreError> {
    let Some((row, mut rows)) = store.read_place(id).await? else { return Ok(None) };
    let region = registry.regions.get(&row.booking.region).cloned().ok_or_else(|| {
        StoreError::Unavailable(format!("the region {} is not in the registry", row.booking.region))
    })?;
    let under = circumstances(registry, &region, &mut rows);
    let shifts = under.shifts(registry, &region, row.booking.date);
    let idle = DayPlan::idle(region, row.booking.date, shifts);
    Ok(Some((row, assemble(registry, &under, idle, rows))))
}

/// The stored routes under today's roster and settings. A route whose shift is no longer on the
/// roster stays while it has visits.
fn assemble(registry: &Registry, under: &Circumstances, idle: DayPlan, rows: DayRows) -> DayPlan {
    let shifts = shifts_of(under, &idle);
    let placed: HashSet<BookingId> =
        rows.bookings.iter().filter(|row| row.route.is_some()).map(|row| row.booking.id).collect();
    let entries: HashMap<BookingId, Arc<Entry>> =
        rows.bookings.into_iter().map(|row| (row.booking.id, entry(row))).collect();
    let mut routes: Vec<Arc<RoutePlan>> = rows
        .routes
        .iter()
        .filter_map(|stored| route(registry, under, &idle.region, &shifts, stored, &entries))
        .collect();
    routes.sort_by_key(|route| route.id);
    let mut unassigned: Vec<Arc<Entry>> =
        entries.into_values().filter(|entry| !placed.contains(&entry.booking.id)).collect();
    unassigned.sort_by_key(|entry| entry.booking.id);
    under.noted(DayPlan { day_version: rows.version, routes, unassigned, ..idle })
}

/// The shifts by the routes that the roster has them make, whatever upsets them.
fn shifts_of(under: &Circumstances, idle: &DayPlan) -> BTreeMap<RouteId, Arc<RouteShift>> {
    let of = |route: &RoutePlan| Arc::new(under.of(RouteShift::clone(&route.of)));
    idle.routes.iter().map(|route| (route.id, of(route))).collect()
}

/// A stored route with its bookings; nothing where it is neither on the roster nor has visits.
fn route(
    registry: &Registry,
    under: &Circumstances,
    region: &Region,
    shifts: &BTreeMap<RouteId, Arc<RouteShift>>,
    stored: &Route,
    entries: &HashMap<BookingId, Arc<Entry>>,
) -> Option<Arc<RoutePlan>> {
    let on_roster = shifts.get(&stored.id).map(|of| RouteShift::clone(of));
    let of = match on_roster {
        Some(of) => of,
        None if stored.bookings().next().is_some() => under.of(stored_shift(registry, stored)?),
        None => return None,
    };
    Some(Arc::new(RoutePlan::stored(region, stored, of, entries)))
}

fn entry(row: BookingRow) -> Arc<Entry> {
    Arc::new(Entry { booking: row.booking, version: row.version })
}

fn stored_shift(registry: &Registry, stored: &Route) -> Option<RouteShift> {
    let courier = Arc::clone(registry.couriers.get(&stored.courier)?);
    let hub = Arc::clone(registry.hubs.get(&stored.hub)?);
    Some(RouteShift::new(courier, hub, stored.shift))
}
