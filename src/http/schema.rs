//! The names that enumerations have in JSON, for the API document.

use super::problem::ProblemCode;
use crate::desk::Role;
use crate::geo::Datum;
use crate::model::{BookingKind, BookingState, Category, FailReason, ReasonCode, Vehicle};
use crate::store::DeliveryStatus;
use serde::Serialize;
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type};

/// A text that is one of the names.
fn one_of(names: impl IntoIterator<Item = impl Into<String>>) -> Object {
    let names: Vec<String> = names.into_iter().map(Into::into).collect();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build()
}

/// The name of a value that serializes as a text.
fn name(value: impl Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

pub(super) fn problem_code() -> Object {
    one_of(ProblemCode::ALL.map(ProblemCode::as_str))
}

pub(super) fn datum() -> Object {
    one_of([Datum::Wgs84, Datum::Gcj02, Datum::Bd09].map(Datum::as_str))
}

/// The kinds that can be booked.
pub(super) fn booking_kind() -> Object {
    use BookingKind as K;
    one_of([K::Pickup, K::Delivery, K::Exchange, K::Shipment].map(K::as_str))
}

pub(super) fn fail_reason() -> Object {
    one_of(FailReason::ALL.map(name))
}

pub(super) fn booking_state() -> Object {
    one_of(BookingState::ALL.map(BookingState::as_str))
}

pub(super) fn category() -> Object {
    one_of(Category::ALL.map(Category::as_str))
}

pub(super) fn delivery_status() -> Object {
    one_of(DeliveryStatus::ALL.map(DeliveryStatus::as_str))
}

pub(super) fn role() -> Object {
    one_of(Role::ALL.map(Role::as_str))
}

pub(super) fn vehicle() -> Object {
    one_of([Vehicle::Ebike, Vehicle::Tricycle, Vehicle::Van].map(String::from))
}

/// `"first"`, `"last"`, `{"before": "bkg_…"}` or `{"after": "bkg_…"}`.
pub(super) fn position() -> Schema {
    let next_to = |side| {
        let booking = ObjectBuilder::new().schema_type(Type::String);
        ObjectBuilder::new().schema_type(Type::Object).property(side, booking).required(side)
    };
    OneOfBuilder::new()
        .item(one_of(["first", "last"]))
        .item(next_to("before"))
        .item(next_to("after"))
        .build()
        .into()
}

pub(super) fn reason_code() -> Object {
    use ReasonCode as R;
    let codes = [
        R::NoShift,
        R::TimeWindow,
        R::ShiftEnd,
        R::Break,
        R::Skill,
        R::LoadParcels,
        R::LoadWeight,
        R::LoadVolume,
        R::ValueAtRisk,
        R::MaxStops,
        R::HubClosed,
        R::Unreachable,
        R::Frozen,
        R::Locked,
        R::Precedence,
        R::OutsideRegion,
        R::PastCutoff,
        R::FarOff,
    ];
    one_of(codes.map(name))
}
