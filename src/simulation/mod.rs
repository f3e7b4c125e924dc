//! A day of customers, played through the public API.
//!
//! [`Customer`] asks for slots, holds the one that suits best and books it, as a checkout would,
//! over HTTP. [`play()`] sends customers in the order of their requests, each when the service's
//! clock shows their moment.

mod customer;
mod play;

pub use customer::{Checkout, Customer, Ended, SimulationError};
pub use play::{Tally, play};
