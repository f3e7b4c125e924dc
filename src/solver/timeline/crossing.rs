//! Breaks between two stops.

use crate::solver::{Break, Window};

/// The way between two stops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// When the stop before is left.
    pub(super) leaves: i64,
    /// The vehicle does not set off earlier.
    pub(super) release: i64,
    /// Seconds.
    pub(super) travel: i64,
}

/// One break on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    /// Which break of the vehicle.
    pub(super) index: u32,
    /// Seconds on the way since the stop before.
    pub(super) driven: i64,
    /// When the vehicle stands still.
    pub(super) arrival: i64,
    pub(super) begin: i64,
}

/// A way with its breaks.
#[derive(Clone, Debug)]
pub(super) struct Crossing {
    pub(super) pauses: Vec<Pause>,
    pub(super) arrival: i64,
    /// Seconds by which breaks missed their windows.
    missed: i64,
}

impl Crossing {
    /// The crossing that arrives first of all that take these breaks, in this order: some at the
    /// stop before, the others on the way.
    pub(super) fn first(way: Way, breaks: &[(u32, &Break)]) -> Self {
        let bound = breaks.iter().rposition(|(_, pause)| !pause.on_the_way);
        let least = bound.map_or(0, |last| last + 1);
        let mut best = Self::with(way, breaks, least);
        for at_stop in least + 1..=breaks.len() {
            let other = Self::with(way, breaks, at_stop);
            if (other.missed, other.arrival) < (best.missed, best.arrival) {
                best = other;
            }
        }
        best
    }

    /// The crossing that takes the first `at_stop` breaks before setting off.
    fn with(way: Way, breaks: &[(u32, &Break)], at_stop: usize) -> Self {
        let mut crossing = Self { pauses: Vec::new(), arrival: way.leaves, missed: 0 };
        let (before, after) = breaks.split_at(at_stop);
        let mut moment = way.leaves;
        for (index, pause) in before {
            let (begin, missed) = begin(&pause.windows, moment);
            crossing.pauses.push(Pause { index: *index, driven: 0, arrival: moment, begin });
            crossing.missed += missed;
            moment = begin + i64::from(pause.duration);
        }
        moment = moment.max(way.release);
        let mut driven = 0;
        for (index, pause) in after {
            let (begin, missed) = begin(&pause.windows, moment);
            let more = (way.travel - driven).min(begin - moment);
            driven += more;
            crossing.pauses.push(Pause { index: *index, driven, arrival: moment + more, begin });
            crossing.missed += missed;
            moment = begin + i64::from(pause.duration);
        }
        crossing.arrival = moment + way.travel - driven;
        crossing
    }
}

/// The earliest moment inside a window, and by how much all were missed: then it is now.
pub(super) fn begin(windows: &[Window], now: i64) -> (i64, i64) {
    let open = windows.iter().find(|window| now <= i64::from(window.closes));
    match (open, windows.last()) {
        (Some(window), _) => (now.max(i64::from(window.opens)), 0),
        (None, Some(last)) => (now, now - i64::from(last.closes)),
        (None, None) => (now, 0),
    }
}
