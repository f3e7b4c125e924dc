//! What has no place, why, and what would help.

use super::plan_report::{LINE_WIDTH, shortened};
use crate::model::{
    Amount, Booking, BookingId, Reason, ReasonCode, Relaxation, RelaxedSide, TimeWindow,
};
use crate::planning::DayPlan;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Unserved bookings that are spelled out.
const SHOWN: usize = 5;
/// Columns of an order number, and of a courier's name.
const NAME_WIDTH: usize = 20;

/// How many bookings have no place by which reason, and the first of them with what would help.
pub(super) fn describe(text: &mut String, plan: &DayPlan, unserved: &[(BookingId, Vec<Reason>)]) {
    if unserved.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nunserved: {}", unserved.len());
    for (code, count) in by_reason(unserved) {
        let _ = writeln!(text, "{count:>7}  {:<12}  {}", code_name(code), meaning(code));
    }
    text.push_str("what would help:\n");
    let bookings: BTreeMap<BookingId, &Booking> =
        plan.unassigned.iter().map(|entry| (entry.booking.id, &entry.booking)).collect();
    for (id, reasons) in unserved.iter().take(SHOWN) {
        let booking = bookings.get(id);
        let order = booking.and_then(|booking| booking.external_id.clone());
        let window = booking.map(|booking| clock_times(booking.window, plan.region.time_zone));
        let order = shortened(&order.unwrap_or_else(|| id.to_string()), NAME_WIDTH);
        let line = format!("  {order} {}: {}", window.unwrap_or_default(), help(reasons));
        let _ = writeln!(text, "{}", shortened(&line, LINE_WIDTH));
    }
    let more = unserved.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(text, "  and {more} more: --output FILE has all, with every reason");
    }
}

/// The most frequent first.
fn by_reason(unserved: &[(BookingId, Vec<Reason>)]) -> Vec<(ReasonCode, usize)> {
    let mut counts: BTreeMap<ReasonCode, usize> = BTreeMap::new();
    for (_, reasons) in unserved {
        if let Some(first) = reasons.first() {
            *counts.entry(first.code).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// The smallest change of the window that would do, or else what stands in the way.
fn help(reasons: &[Reason]) -> String {
    let relaxed = reasons.iter().find_map(|reason| Some((reason, reason.relaxation?)));
    if let Some((reason, relaxation)) = relaxed {
        return format!("{}{}", change(relaxation), of_courier(reason));
    }
    let Some(reason) = reasons.first() else { return "no reason is known".to_owned() };
    let by = reason.by.map(|by| format!(" by {}", amount(by))).unwrap_or_default();
    let skill = reason.skill.as_ref().map(|skill| format!(" {skill}")).unwrap_or_default();
    format!("{}{skill}{by}{}", obstacle(reason.code), of_courier(reason))
}

fn of_courier(reason: &Reason) -> String {
    let name = reason.courier.as_ref().map(|courier| shortened(courier.as_str(), NAME_WIDTH));
    name.map(|name| format!(" ({name})")).unwrap_or_default()
}

fn change(relaxation: Relaxation) -> String {
    let by = amount(relaxation.by);
    match relaxation.change {
        RelaxedSide::Start => format!("starting {by} earlier"),
        RelaxedSide::End => format!("ending {by} later"),
    }
}

fn amount(amount: Amount) -> String {
    match amount {
        Amount::ByS(seconds) => format!("{} min", seconds.max(0).cast_unsigned().div_ceil(60)),
        Amount::ByParcels(parcels) => format!("{parcels} parcels"),
        Amount::ByG(grams) => format!("{grams} g"),
        Amount::ByMl(millilitres) => format!("{millilitres} ml"),
        Amount::ByValue(minor) => format!("{}.{:02}", minor / 100, minor % 100),
        Amount::ByStops(stops) => format!("{stops} stops"),
    }
}

fn meaning(code: ReasonCode) -> &'static str {
    match code {
        ReasonCode::NoShift => "nobody works then",
        ReasonCode::TimeWindow => "a window would be missed",
        ReasonCode::ShiftEnd => "the courier would be back after their shift",
        ReasonCode::Break => "the courier's break would be missed",
        ReasonCode::Skill => "no courier has the skill",
        ReasonCode::LoadParcels => "too many parcels on board",
        ReasonCode::LoadWeight => "too much weight on board",
        ReasonCode::LoadVolume => "too much volume on board",
        ReasonCode::ValueAtRisk => "too much value on board",
        ReasonCode::MaxStops => "the route has as many visits as it may have",
        ReasonCode::HubClosed => "the hub would be closed",
        ReasonCode::Unreachable => "no way leads there",
        ReasonCode::Frozen => "the courier is under way already",
        ReasonCode::Locked => "the route is locked",
        ReasonCode::Precedence => "the courier has left the hub without what is to be handed over",
        ReasonCode::OutsideRegion => "outside the operating area",
        ReasonCode::PastCutoff => "too late to book",
        ReasonCode::FarOff => "too far off the couriers' ways",
    }
}

/// The meaning where there is little room: followed by the amount.
fn obstacle(code: ReasonCode) -> &'static str {
    match code {
        ReasonCode::TimeWindow => "another visit late",
        ReasonCode::ShiftEnd => "back too late",
        ReasonCode::Break => "break too late",
        ReasonCode::Skill => "nobody has skill",
        ReasonCode::LoadParcels | ReasonCode::LoadVolume => "too full",
        ReasonCode::LoadWeight => "too heavy",
        ReasonCode::ValueAtRisk => "too valuable",
        ReasonCode::MaxStops => "too many stops",
        other => meaning(other),
    }
}

fn code_name(code: ReasonCode) -> String {
    serde_json::to_value(code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn clock_times(window: TimeWindow, zone: Tz) -> String {
    let time = |moment: chrono::DateTime<chrono::Utc>| moment.with_timezone(&zone).format("%H:%M");
    format!("{}-{}", time(window.start), time(window.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CourierId;

    #[test]
    fn the_smallest_change_of_a_window_comes_before_other_reasons() {
        let shift_end = Reason { by: Some(Amount::ByS(60)), ..Reason::of(ReasonCode::ShiftEnd) };
        assert_eq!(help(std::slice::from_ref(&shift_end)), "back too late by 1 min");
        let window = Reason {
            courier: Some(CourierId::new("c7").unwrap()),
            relaxation: Some(Relaxation { change: RelaxedSide::End, by: Amount::ByS(61) }),
            ..Reason::of(ReasonCode::TimeWindow)
        };
        assert_eq!(help(&[shift_end, window]), "ending 2 min later (c7)");
    }

    #[test]
    fn a_missing_skill_is_named() {
        let reason = Reason { skill: Some("bulky".to_owned()), ..Reason::of(ReasonCode::Skill) };
        assert_eq!(help(&[reason]), "nobody has skill bulky");
    }

    #[test]
    fn reasons_are_counted_by_the_nearest_one() {
        let of = |code| (BookingId(uuid::Uuid::nil()), vec![Reason::of(code)]);
        let unserved =
            [of(ReasonCode::NoShift), of(ReasonCode::TimeWindow), of(ReasonCode::TimeWindow)];
        let counts = by_reason(&unserved);
        assert_eq!(counts, [(ReasonCode::TimeWindow, 2), (ReasonCode::NoShift, 1)]);
    }
}
