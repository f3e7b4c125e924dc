//! The time of a walk with breaks: a label for each way of having taken some of them.
//!
//! Breaks are taken in order, so all that matters at a stop is how many have been taken, the moment
//! of leaving, and the price of lateness so far. A label that is neither earlier nor cheaper than
//! another with as many breaks taken is dropped. Without lateness that leaves one label for each
//! number of breaks; with it, few more.

use super::super::{Break, Constraint};
use super::clock::{Call, Clock, Finish, Gap, Missed, Plain, ShiftEnd};
use super::load::fits;
use super::rules::Opening;

/// A way of having come so far.
#[derive(Clone, Copy, Debug)]
struct Label {
    /// Breaks taken: the first ones.
    taken: usize,
    /// The moment of leaving the last stop.
    moment: i64,
    /// The price of lateness so far.
    late: i64,
}

/// Memory for labels, kept from walk to walk.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    labels: Vec<Label>,
    next: Vec<Label>,
}

/// The clock of a vehicle with breaks.
#[derive(Debug)]
pub(super) struct Labels<'a> {
    breaks: &'a [Break],
    /// Whether any of them asks what is on board.
    weighs: bool,
    memory: &'a mut Memory,
    /// At least and at most so many breaks are taken at the end of the gap to come, because the
    /// route itself names the gaps of some of them.
    bounds: (usize, usize),
    /// The walk if there were no breaks: tells whether they are to blame.
    free: Plain,
}

impl<'a> Labels<'a> {
    /// Setting off at a moment; `named` is the first break that the route names.
    pub(super) fn at(
        moment: i64,
        breaks: &'a [Break],
        named: Option<u32>,
        memory: &'a mut Memory,
    ) -> Self {
        memory.labels.clear();
        memory.labels.push(Label { taken: 0, moment, late: 0 });
        let bounds = (0, named.map_or(breaks.len(), |index| index as usize));
        let weighs = breaks.iter().any(|pause| pause.max_load.is_some());
        Self { breaks, weighs, memory, bounds, free: Plain::at(moment) }
    }

    /// The break to blame when no label is left.
    #[cold]
    fn blamed(&self) -> u32 {
        let taken = self.memory.labels.iter().map(|label| label.taken).min().unwrap_or_default();
        u32::try_from(taken.min(self.breaks.len() - 1)).unwrap_or(u32::MAX)
    }

    /// Whether the next break of a label may be taken with this on board.
    #[inline]
    fn may_take(&self, taken: usize, gap: &Gap) -> Option<&'a Break> {
        let next = self.breaks.get(taken).filter(|_| taken < self.bounds.1)?;
        next.max_load.is_none_or(|most| fits(&gap.load, &most)).then_some(next)
    }

    /// Every way of taking breaks in a gap, as labels at the moment of arrival at its end.
    ///
    /// First some breaks are taken at the stop before, then the vehicle sets off, and more are taken
    /// on the way as long as that is allowed. Each begins as early as it can: to begin one later
    /// never helps.
    #[inline]
    fn cross(&self, label: Label, gap: &Gap, mut arrive: impl FnMut(Label)) {
        let mut at_stop = label;
        loop {
            let mut moment = at_stop.moment.max(gap.release);
            let mut travel = gap.travel;
            let mut on_way = at_stop;
            loop {
                if on_way.taken >= self.bounds.0 && on_way.taken <= self.bounds.1 {
                    arrive(Label { moment: moment + travel, ..on_way });
                }
                let next = self.may_take(on_way.taken, gap).filter(|next| next.on_the_way);
                let Some(next) = next else { break };
                let Ok(begin) = Opening::of_break(next).begin(moment) else { break };
                travel = (travel - (begin - moment)).max(0);
                moment = begin + i64::from(next.duration);
                on_way.taken += 1;
            }
            let Some(next) = self.may_take(at_stop.taken, gap) else { break };
            let Ok(begin) = Opening::of_break(next).begin(at_stop.moment) else { break };
            at_stop.moment = begin + i64::from(next.duration);
            at_stop.taken += 1;
        }
    }

    /// Whether the next break's last window is over.
    #[inline]
    fn is_doomed(&self, label: &Label) -> bool {
        self.breaks
            .get(label.taken)
            .is_some_and(|next| Opening::of_break(next).closes() < label.moment)
    }
}

/// Adds a label unless another is as good, and drops those that it beats.
#[inline]
fn keep(labels: &mut Vec<Label>, label: Label) {
    let mut at = 0;
    while at < labels.len() {
        let other = &labels[at];
        if other.taken == label.taken {
            if other.moment <= label.moment && other.late <= label.late {
                return;
            }
            if label.moment <= other.moment && label.late <= other.late {
                labels.swap_remove(at);
                continue;
            }
        }
        at += 1;
    }
    labels.push(label);
}

impl Clock for Labels<'_> {
    fn weighs(&self) -> bool {
        self.weighs
    }

    fn pin(&mut self, index: u32, next: Option<u32>) -> Result<(), Constraint> {
        let taken = index as usize;
        if taken < self.bounds.0 || taken >= self.breaks.len() {
            return Err(Constraint::Break { index });
        }
        self.bounds = (taken + 1, next.map_or(self.breaks.len(), |next| next as usize));
        Ok(())
    }

    #[inline]
    fn call(&mut self, gap: &Gap, call: &Call<'_>) -> Result<(), Missed> {
        self.free.call(gap, call)?;
        let mut next = std::mem::take(&mut self.memory.next);
        next.clear();
        for label in &self.memory.labels {
            self.cross(*label, gap, |arrived| {
                if let Ok((begin, price)) = call.begin(arrived.moment) {
                    let moment = begin + call.stay;
                    let left = Label { moment, late: arrived.late + price, ..arrived };
                    if !self.is_doomed(&left) {
                        keep(&mut next, left);
                    }
                }
            });
        }
        let missed = next.is_empty().then(|| Missed::Break(self.blamed()));
        self.memory.next = std::mem::replace(&mut self.memory.labels, next);
        missed.map_or(Ok(()), Err)
    }

    fn finish(&mut self, gap: Option<&Gap>, shift: &ShiftEnd) -> Result<Finish, Constraint> {
        self.free.finish(gap, shift)?;
        let mut best: Option<Finish> = None;
        let mut end = |label: Label| {
            if label.taken == self.breaks.len()
                && let Ok(finish) = shift.finish(label.moment, label.late)
                && best.is_none_or(|best| finish.rank() < best.rank())
            {
                best = Some(finish);
            }
        };
        for label in &self.memory.labels {
            match gap {
                Some(gap) => self.cross(*label, gap, &mut end),
                None => end(*label),
            }
        }
        best.ok_or_else(|| Constraint::Break { index: self.blamed() })
    }
}
