//! A day of bookings over given places.

use super::customer::{Goods, contact, goods, kind};
use super::dice::{Dice, Part};
use super::ground::{moved, six_decimals};
use crate::geo::{Datum, Place, Point};
use crate::intake::BookingRow;
use crate::intake::lade::LadeDay;
use crate::model::{BookingKind, Region, Seconds, Slot, TimeWindow, local_moment};
use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use std::collections::BTreeSet;

/// How far a compound's doors are from its middle, at most, in each direction.
const COMPOUND_M: f64 = 120.0;
/// The most doors of a compound that bookings come from.
const DOORS_MAX: u64 = 4;
/// Nobody asks for a slot of the same day before this hour.
const FIRST_HOUR: u32 = 6;

/// What a day of bookings is made of.
#[derive(Clone, Copy, Debug)]
pub struct DaySpec<'a> {
    /// The same seed gives the same day.
    pub seed: u64,
    /// Slots, time zone, datum and limits.
    pub region: &'a Region,
    /// The service date.
    pub date: NaiveDate,
    /// How many.
    pub bookings: u32,
}

/// A seeded day of bookings at residential compounds around `places`, in the order in which they
/// are asked for.
///
/// Compounds have up to four doors and different sizes, so several bookings share a compound and
/// some a door. Windows are slots of the region's template, busier in the afternoon; two thirds
/// were asked for on the day before, the others on the day until their slot closes. None where
/// there are no places or no slots. Degrees are in the region's datum.
#[must_use]
pub fn day_over_places(places: &[Point], spec: &DaySpec<'_>) -> Vec<BookingRow> {
    let slots = spec.region.slots.slots(spec.region.time_zone, spec.date);
    if places.is_empty() || slots.is_empty() {
        return Vec::new();
    }
    let mut doors = Doors::new(places, spec);
    let mut times = Dice::new(spec.seed, Part::Times);
    let mut devices = Dice::new(spec.seed, Part::Devices);
    let slot_weights: Vec<u32> = slots.iter().map(|slot| slot_weight(slot, spec.region)).collect();
    let mut rows: Vec<BookingRow> = (0..spec.bookings)
        .map(|_| {
            let slot = slots[times.weighted(&slot_weights)];
            let requested_at = requested_at(&mut times, slot, spec);
            let kind = kind(&mut devices);
            let goods = goods(&mut devices, kind, spec.region.max_device_value);
            let (point, address) = doors.next();
            row(spec.region, kind, goods, (slot.window, requested_at), (point, address))
        })
        .collect();
    rows.sort_by_key(|row| row.requested_at);
    for (row, number) in rows.iter_mut().zip(1..) {
        name(row, number);
    }
    rows
}

/// Bookings of `LaDe`'s real orders: their moments and places, with seeded devices and made-up
/// people. All are pickups, in the file's order.
#[must_use]
pub fn lade_bookings(day: &LadeDay, region: &Region, seed: u64) -> Vec<BookingRow> {
    let mut devices = Dice::new(seed, Part::Devices);
    let rows = day.orders.iter().map(|order| {
        let kind = BookingKind::Pickup;
        let goods = goods(&mut devices, kind, region.max_device_value);
        let address = format!("Order {}", order.order_id);
        let times = (order.window, order.requested_at);
        let mut row = row(region, kind, goods, times, (order.place, address.clone()));
        let number = order.order_id.parse().unwrap_or(order.line);
        row.contact = Some(contact(number, address));
        row.external_id = format!("lade-{}", order.order_id);
        row.line = order.line;
        row
    });
    rows.collect()
}

/// A row without its number.
fn row(
    region: &Region,
    kind: BookingKind,
    goods: Goods,
    (window, requested_at): (TimeWindow, DateTime<Utc>),
    (point, address): (Point, String),
) -> BookingRow {
    let place = Place::from_wgs84(point, region.datum);
    BookingRow {
        line: 0,
        item: None,
        external_id: String::new(),
        region: region.id.clone(),
        kind,
        lon: six_decimals(place.lon),
        lat: six_decimals(place.lat),
        datum: Some(region.datum).filter(|&datum| datum != Datum::Wgs84),
        window,
        devices: goods.devices,
        declared_value: Some(goods.declared_value),
        requested_at: Some(requested_at),
        skills: BTreeSet::new(),
        contact: Some(contact(0, address)),
    }
}

/// Numbers a row: its order, its customer, and its line in the file it will be written to.
fn name(row: &mut BookingRow, number: u64) {
    row.external_id = format!("{}-{number:06}", row.region);
    row.line = number + 1;
    let address = row.contact.take().map(|contact| contact.address).unwrap_or_default();
    row.contact = Some(contact(number, address));
}

/// Draws doors: first the compound by its size, then one of its doors.
struct Doors<'a> {
    dice: Dice,
    region: &'a Region,
    compounds: Vec<Vec<Point>>,
    sizes: Vec<u64>,
    total: u64,
}

impl<'a> Doors<'a> {
    fn new(places: &[Point], spec: &DaySpec<'a>) -> Self {
        let mut dice = Dice::new(spec.seed, Part::Doors);
        let region = spec.region;
        let compounds: Vec<Vec<Point>> = places
            .iter()
            .map(|&middle| {
                (0..=dice.below(DOORS_MAX)).map(|_| door(&mut dice, middle, region)).collect()
            })
            .collect();
        let mut total = 0;
        let sizes = places.iter().map(|_| {
            total += 1 + dice.below(5);
            total
        });
        let sizes = sizes.collect();
        Self { dice, region, compounds, sizes, total }
    }

    /// A door and its address.
    fn next(&mut self) -> (Point, String) {
        let drawn = self.dice.below(self.total);
        let compound = self.sizes.partition_point(|&upto| upto <= drawn);
        let doors = &self.compounds[compound];
        let door = self.dice.index(doors.len());
        let (number, building) = (compound + 1, door + 1);
        let address = format!("{} Compound {number} Building {building}", self.region.name);
        (doors[door], address)
    }
}

/// A door of a compound; its middle where the door would be outside the region.
fn door(dice: &mut Dice, middle: Point, region: &Region) -> Point {
    let (east, north) = (dice.unit() * 2.0 - 1.0, dice.unit() * 2.0 - 1.0);
    let door = moved(middle, east * COMPOUND_M, north * COMPOUND_M);
    if region.area.contains(door) { door } else { moved(middle, 0.0, 0.0) }
}

/// How many want this slot, relative to the others: few in the early morning and late evening.
fn slot_weight(slot: &Slot, region: &Region) -> u32 {
    match slot.window.start.with_timezone(&region.time_zone).hour() {
        11..13 => 17,
        13..15 => 18,
        15..17 => 20,
        17..19 => 19,
        19..21 => 14,
        _ => 12,
    }
}

/// When a slot was asked for: before it closed and before it began.
fn requested_at(dice: &mut Dice, slot: Slot, spec: &DaySpec<'_>) -> DateTime<Utc> {
    let hour = |date, hour| {
        let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        local_moment(spec.region.time_zone, date, time)
    };
    let day_before = spec.date.pred_opt().unwrap_or(spec.date);
    let opens = hour(spec.date, FIRST_HOUR);
    let closes = slot.cutoff_at.min(slot.window.start).min(hour(spec.date, 14));
    let on_the_day = closes > opens && !dice.percent(65);
    let (from, to) = if on_the_day {
        (opens, closes)
    } else {
        (hour(day_before, 8), hour(day_before, 23).min(closes))
    };
    let span_s = u64::try_from((to - from).num_seconds()).unwrap_or(0);
    from + Seconds(i64::try_from(dice.below(span_s)).unwrap_or(0)).delta()
}
