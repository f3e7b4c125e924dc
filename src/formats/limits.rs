//! How large numbers may be, so that sums of them fit into what the solver counts in.

/// The last moment, counted from the problem's origin: 34 years of seconds. Later closings mean
/// that there is no closing.
pub(super) const FAR: i32 = 1 << 30;

/// The longest duration or distance of one leg or one service: 8.5 years of seconds.
pub(super) const LONG: i32 = 1 << 28;

/// The largest amount of one task in one dimension; a million of them fit into 64 bits.
pub(super) const AMOUNT_MAX: u64 = 1 << 40;

/// The largest cost coefficient after scaling: 64 routes over 34 years at this price fit.
pub(super) const PRICE_MAX: i64 = 1 << 26;

/// The most nodes for which a table is made where the file has coordinates: 1.6 GB.
pub(super) const TABLE_NODES_MAX: usize = 20_000;

/// The most vehicles of a fleet that is given by its number.
pub(super) const FLEET_MAX: u32 = 1_000_000;
