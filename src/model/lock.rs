//! What a dispatcher has left alone.

use super::{BookingId, CourierId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most bookings and couriers that one lock may name.
pub const LOCKED_MAX: usize = 500;

/// Bookings and couriers that nothing automatic moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Counts the locks of the day from 1; a number is never given twice.
    pub number: u32,
    /// Bookings that stay with the courier they are with.
    #[serde(default)]
    pub bookings: Vec<BookingId>,
    /// Couriers whose routes stay as they are.
    #[serde(default)]
    pub couriers: Vec<CourierId>,
    /// When it ends by itself.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// It was taken back or has ended, and counts no more.
    #[serde(default)]
    pub is_over: bool,
}
