//! What a customer has to have ready at the door, from the devices that are collected.

use crate::model::{Booking, BookingKind, Category};
use serde::Serialize;
use utoipa::ToSchema;

/// Something to have ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PrepareView {
    /// The account lock is off (such as Find My or a lock of the maker's account): otherwise the
    /// device cannot be taken.
    AccountLockOff,
    /// What was on it is saved elsewhere and erased.
    DataErased,
    /// It can be switched on for the inspection.
    Charged,
    /// An identity document is at hand.
    IdAtHand,
}

/// The list for a booking, in the order in which it is done.
pub(super) fn prepare(booking: &Booking) -> Vec<PrepareView> {
    let collects = booking.request.kind != BookingKind::Delivery;
    let any = |is: fn(Category) -> bool| {
        collects && booking.devices().iter().any(|device| is(device.category))
    };
    let steps = [
        (PrepareView::AccountLockOff, any(has_account)),
        (PrepareView::DataErased, any(|_| true)),
        (PrepareView::Charged, any(has_battery)),
        (PrepareView::IdAtHand, true),
    ];
    steps.into_iter().filter_map(|(step, is_needed)| is_needed.then_some(step)).collect()
}

fn has_account(category: Category) -> bool {
    category != Category::Other
}

fn has_battery(category: Category) -> bool {
    matches!(category, Category::Phone | Category::Tablet | Category::Watch | Category::Laptop)
}
