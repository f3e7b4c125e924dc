//! A day of customers and couriers, played through the public API.
//!
//! [`Customer`] asks for slots, holds the one that suits best and books it, as a checkout would,
//! over HTTP. [`play()`] sends customers in the order of their requests, each when the service's
//! clock shows their moment. [`Rider`] is a courier who drives their route and tells of it.

mod customer;
mod play;
mod ride;
mod rider;

pub use customer::{Checkout, Customer, Ended, SimulationError};
pub use play::{Tally, play};
pub use rider::Rider;
