//! What the database says, held against the rules and against what was acknowledged.

use super::town::{dates, region_id};
use chrono::{DateTime, NaiveDate, Utc};
use doorstep::check::{Day, Rule, check};
use doorstep::desk::Registry;
use doorstep::model::{Booking, BookingId, BookingState, RouteId};
use doorstep::store::{DayRows, Store};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Every booking that was acknowledged, as it was last answered.
pub(crate) type Acknowledged = BTreeMap<BookingId, Booking>;

/// Judges both stored days.
pub(crate) async fn judge(
    store: &Store,
    registry: &Registry,
    acknowledged: &Acknowledged,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let mut found: BTreeMap<BookingId, Booking> = BTreeMap::new();
    for date in dates() {
        let Some(rows) = store.read_day(&region_id(), date).await.unwrap() else { continue };
        rules(registry, &rows, &breached(store, date).await)?;
        routes_and_rows_agree(&rows)?;
        for row in rows.bookings {
            if row.booking.date != date {
                return Err(format!("{} is stored on a day that is not its own", row.booking.id));
            }
            found.insert(row.booking.id, row.booking);
        }
    }
    for (id, answered) in acknowledged {
        let ended = !answered.state.has_place();
        let may_be_over = answered.is_overdue(now);
        match found.remove(id) {
            Some(stored) if ended => {
                return Err(format!("{id} is {answered:?} but still {stored:?}"));
            }
            Some(stored) if !same(&stored, answered) => {
                return Err(format!("{id} was answered {answered:?} but is {stored:?}"));
            }
            None if !ended && !may_be_over => return Err(format!("{id} is lost: {answered:?}")),
            _ => {}
        }
    }
    match found.into_values().next() {
        Some(stranger) => Err(format!("nobody was told of {stranger:?}")),
        None => Ok(()),
    }
}

/// Moments are stored to the microsecond.
fn same(stored: &Booking, answered: &Booking) -> bool {
    let key = |b: &Booking| (b.state, b.date, b.window, b.request.clone(), b.external_id.clone());
    key(stored) == key(answered)
}

/// The routes of which it was told that something is late since a place was given back: another
/// visit at that door then has to do the set-up.
async fn breached(store: &Store, date: NaiveDate) -> BTreeSet<String> {
    let events = store.events_after(&region_id(), date, 0, i64::MAX).await.unwrap();
    let breaches = events.into_iter().filter(|event| event.kind == "route.breached");
    breaches.map(|event| event.subject).collect()
}

fn rules(registry: &Registry, rows: &DayRows, breached: &BTreeSet<String>) -> Result<(), String> {
    let region = &registry.regions[&region_id()];
    let bookings: HashMap<BookingId, &Booking> =
        rows.bookings.iter().map(|row| (row.booking.id, &row.booking)).collect();
    let couriers = registry.couriers.iter().map(|(id, courier)| (id.clone(), &**courier)).collect();
    let hubs = registry.hubs.iter().map(|(id, hub)| (id.clone(), &**hub)).collect();
    let waiting = rows.bookings.iter().filter(|row| row.route.is_none());
    let unassigned: Vec<BookingId> = waiting.map(|row| row.booking.id).collect();
    let day = Day {
        region,
        hubs: &hubs,
        couriers: &couriers,
        bookings: &bookings,
        unassigned: &unassigned,
    };
    let mut violations = check(&day, &rows.routes);
    violations.retain(|violation| {
        let of_breach = |route: RouteId| breached.contains(&route.to_string());
        let is_late = matches!(
            violation.rule,
            Rule::Late { .. } | Rule::ShiftEnd { .. } | Rule::HubClosed { .. }
        );
        !(is_late && violation.route.is_some_and(of_breach))
    });
    if violations.is_empty() { Ok(()) } else { Err(format!("stored with {violations:?}")) }
}

/// The route that a booking's row names is the one that stops there, once.
fn routes_and_rows_agree(rows: &DayRows) -> Result<(), String> {
    let mut stops: BTreeMap<BookingId, RouteId> = BTreeMap::new();
    for route in &rows.routes {
        for id in route.bookings() {
            if stops.insert(id, route.id).is_some() {
                return Err(format!("{id} is visited twice"));
            }
        }
    }
    let live = rows.bookings.iter().filter(|row| row.booking.state != BookingState::Failed);
    let named: BTreeMap<BookingId, RouteId> =
        live.filter_map(|row| Some((row.booking.id, row.route?))).collect();
    if stops == named { Ok(()) } else { Err(format!("stops {stops:?}, rows {named:?}")) }
}
