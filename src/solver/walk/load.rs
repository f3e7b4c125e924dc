//! What is on board during a trip, the time between two calls at the hub.

use super::super::{Constraint, DIMENSIONS, Load};

/// Nothing.
pub(super) const EMPTY: Load = [0; DIMENSIONS];

/// The load of a trip so far. What the later visits of the trip are brought is not in it yet: the
/// walk learns of it visit by visit and adds it to the past.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trip {
    /// Loaded at the hub, for the visits so far.
    pub(super) out: Load,
    /// On board now.
    pub(super) now: Load,
    /// The most on board at any moment so far.
    peak: Load,
}

impl Trip {
    /// Leaving the hub.
    pub(super) const START: Self = Self { out: EMPTY, now: EMPTY, peak: EMPTY };

    /// A visit: what is handed over has been on board since the hub.
    #[inline]
    pub(super) fn visit(
        &mut self,
        delivery: &Load,
        pickup: &Load,
        capacity: &Load,
    ) -> Result<(), Constraint> {
        let mut fits = true;
        for d in 0..DIMENSIONS {
            self.out[d] += delivery[d];
            self.now[d] += pickup[d];
            self.peak[d] = (self.peak[d] + delivery[d]).max(self.now[d]);
            fits &= self.peak[d] <= capacity[d];
        }
        if fits { Ok(()) } else { Err(excess(&self.peak, capacity)) }
    }

    /// One end of a shipment: the hub has no part in it.
    #[inline]
    pub(super) fn shipment(
        &mut self,
        delivery: &Load,
        pickup: &Load,
        capacity: &Load,
    ) -> Result<(), Constraint> {
        for d in 0..DIMENSIONS {
            self.now[d] -= delivery[d];
            if self.now[d] < 0 {
                return Err(Constraint::Load { dimension: dimension(d), by: -self.now[d] });
            }
            self.now[d] += pickup[d];
            self.peak[d] = self.peak[d].max(self.now[d]);
        }
        if fits(&self.peak, capacity) { Ok(()) } else { Err(excess(&self.peak, capacity)) }
    }
}

/// Whether a load is within a limit in each dimension.
#[inline]
pub(super) fn fits(load: &Load, most: &Load) -> bool {
    load.iter().zip(most).all(|(load, most)| load <= most)
}

/// The first dimension with too much load.
#[cold]
fn excess(load: &Load, most: &Load) -> Constraint {
    let d = (0..DIMENSIONS).find(|&d| load[d] > most[d]).unwrap_or_default();
    Constraint::Load { dimension: dimension(d), by: load[d] - most[d] }
}

/// A dimension as [`Constraint`] names it.
fn dimension(d: usize) -> u8 {
    u8::try_from(d).unwrap_or(u8::MAX)
}
