//! The time of a walk: a plain moment for vehicles without breaks.
//!
//! Vehicles with breaks have a clock of several moments: see [`super::breaks`].

use super::super::{Constraint, Load, Vehicle};
use super::rules::Opening;

/// The way from one stop to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// Seconds.
    pub(super) travel: i64,
    /// The vehicle does not set off earlier.
    pub(super) release: i64,
    /// On board on the way. Only kept where the clock [weighs](Clock::weighs).
    pub(super) load: Load,
}

/// What is done at the end of a gap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    /// When it may begin.
    pub(super) opening: Opening<'a>,
    /// Seconds, set-up included.
    pub(super) stay: i64,
    /// The price of each second late; `None`: not to be late.
    pub(super) lateness: Option<i64>,
}

impl Call<'_> {
    /// When it begins on arrival at a moment, and the price of being late; or how late it is.
    #[inline]
    pub(super) fn begin(&self, arrival: i64) -> Result<(i64, i64), i64> {
        match (self.opening.begin(arrival), self.lateness) {
            (Ok(begin), _) => Ok((begin, 0)),
            (Err(by), Some(price)) => Ok((arrival, price * by)),
            (Err(by), None) => Err(by),
        }
    }
}

/// When a route has to end, and what it costs to end later.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShiftEnd {
    latest: i64,
    /// The most seconds of overtime and the price of each.
    overtime: (i64, i64),
    lateness: Option<i64>,
}

impl ShiftEnd {
    /// Of a vehicle.
    pub(super) fn of(vehicle: &Vehicle, lateness: Option<i64>) -> Self {
        let overtime = vehicle.overtime.map_or((0, 0), |o| (i64::from(o.most), o.per_second));
        Self { latest: i64::from(vehicle.latest), overtime, lateness }
    }

    /// A route that ends at a moment, late for `late` so far; or by how much that is too late.
    #[inline]
    pub(super) fn finish(&self, ends: i64, late: i64) -> Result<Finish, i64> {
        let over = (ends - self.latest).max(0);
        let (most, price) = self.overtime;
        let paid = over.min(most);
        let beyond = over - paid;
        let lateness = match self.lateness {
            Some(price) => late + price * beyond,
            None if beyond > 0 => return Err(beyond),
            None => late,
        };
        Ok(Finish { ends, overtime: price * paid, lateness })
    }
}

/// How a route ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finish {
    pub(super) ends: i64,
    pub(super) overtime: i64,
    pub(super) lateness: i64,
}

impl Finish {
    /// Cheaper first, then earlier.
    pub(super) fn rank(&self) -> (i64, i64) {
        (self.overtime + self.lateness, self.ends)
    }
}

/// Why a clock stops.
#[derive(Clone, Copy, Debug)]
pub(super) enum Missed {
    /// The call would begin too late by so many seconds.
    Late(i64),
    /// The vehicle's breaks do not fit in.
    Break(u32),
}

/// Keeps the time along a route.
pub(super) trait Clock {
    /// Whether it has to know what is on board.
    fn weighs(&self) -> bool;

    /// The route names its break `index` in the gap to come; `next` is the one it names after it.
    fn pin(&mut self, index: u32, next: Option<u32>) -> Result<(), Constraint>;

    /// Goes along a gap and through the call at its end.
    fn call(&mut self, gap: &Gap, call: &Call<'_>) -> Result<(), Missed>;

    /// Goes along the last gap, if there is one, and ends the route.
    fn finish(&mut self, gap: Option<&Gap>, shift: &ShiftEnd) -> Result<Finish, Constraint>;
}

/// One moment, and the price of lateness so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    moment: i64,
    late: i64,
}

impl Plain {
    /// Setting off.
    pub(super) fn at(moment: i64) -> Self {
        Self { moment, late: 0 }
    }

    /// The moment the call of a gap is reached.
    #[inline]
    fn arrival(&self, gap: &Gap) -> i64 {
        self.moment.max(gap.release) + gap.travel
    }
}

impl Clock for Plain {
    fn weighs(&self) -> bool {
        false
    }

    fn pin(&mut self, index: u32, _: Option<u32>) -> Result<(), Constraint> {
        Err(Constraint::Break { index })
    }

    #[inline]
    fn call(&mut self, gap: &Gap, call: &Call<'_>) -> Result<(), Missed> {
        let (begin, price) = call.begin(self.arrival(gap)).map_err(Missed::Late)?;
        self.moment = begin + call.stay;
        self.late += price;
        Ok(())
    }

    fn finish(&mut self, gap: Option<&Gap>, shift: &ShiftEnd) -> Result<Finish, Constraint> {
        let ends = gap.map_or(self.moment, |gap| self.arrival(gap));
        shift.finish(ends, self.late).map_err(|by| Constraint::ShiftEnd { by })
    }
}
