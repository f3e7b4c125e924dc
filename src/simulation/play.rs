//! Customers in the order of their requests.

use super::{Checkout, Customer, Ended, SimulationError};
use crate::clock::Clock;

/// How a day of customers ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Customers so far.
    pub asked: usize,
    /// Bookings in a slot that overlaps the wish.
    pub booked_as_wished: usize,
    /// Bookings in another slot of the day.
    pub booked_otherwise: usize,
    /// Customers for whom no slot was left.
    pub without_slot: usize,
    /// Requests that were refused as such.
    pub refused: usize,
}

impl Tally {
    fn count(&mut self, ended: &Ended) {
        self.asked += 1;
        match ended {
            Ended::Booked { as_wished: true, .. } => self.booked_as_wished += 1,
            Ended::Booked { as_wished: false, .. } => self.booked_otherwise += 1,
            Ended::NoSlot => self.without_slot += 1,
            Ended::Refused(_) => self.refused += 1,
        }
    }
}

/// Serves every customer when the clock shows their moment, one after the other. `watch` sees
/// the tally after each.
///
/// # Errors
/// The first [`SimulationError`]; the customers after it are not served.
pub async fn play(
    checkout: &Checkout,
    customers: &[Customer],
    clock: &Clock,
    mut watch: impl FnMut(&Tally),
) -> Result<Tally, SimulationError> {
    let mut tally = Tally::default();
    for customer in customers {
        clock.sleep_until(customer.asks_at).await;
        tally.count(&checkout.serve(customer).await?);
        watch(&tally);
    }
    Ok(tally)
}
