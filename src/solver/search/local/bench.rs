//! One kind of move at a time, for the benchmarks.

use super::change::Change;
use super::exchange::Exchange;
use super::relocate::relocate;
use super::reverse::reverse;
use super::swap::swap;
use super::tails::tails;
use super::tours::Tours;
use super::{Polish, Spare};
use crate::solver::search::field::Field;
use crate::solver::search::legs::Legs;
use crate::solver::search::split::Routes;
use crate::solver::search::workbench::Part;

/// Routes on which moves are looked for and never made.
pub(in crate::solver::search) struct Bench<'f, L> {
    polish: Polish<'f, L>,
    field: &'f Field<'f, L>,
    routes: Routes,
}

impl<'f, L: Legs> Bench<'f, L> {
    pub(in crate::solver::search) fn new(field: &'f Field<'f, L>, routes: Routes) -> Self {
        let mut polish = Polish::new(field, Spare::Usable);
        polish.take_up(&routes, None);
        Self { polish, field, routes }
    }

    /// What all moves of one kind would gain, each by itself.
    pub(in crate::solver::search) fn run(&mut self, part: Part) -> i64 {
        let tours = &self.polish.tours;
        match part {
            Part::Relocate => self.sweep(relocate),
            Part::Swap => self.sweep(swap),
            Part::Tails => self.sweep(tails),
            Part::Reverse => self.sweep(reverse),
            Part::Merge => self.merge(),
            Part::Exchange => exchanges(tours),
            Part::Polish => {
                let mut polish = Polish::new(self.field, Spare::Usable);
                polish.improve(&mut self.routes.clone(), None, &|| false)
            }
            Part::Insertion | Part::Shuffle => 0,
        }
    }

    fn sweep(&self, operator: fn(&Tours<'f, L>, u32, u32) -> Option<Change>) -> i64 {
        let tours = &self.polish.tours;
        let gain = |p, u| {
            let asked = tours.is_free(p) && tours.is_free(u) && tours.next(p) != u;
            let change = if asked { operator(tours, p, u) } else { None };
            change.map_or(0, |change| change.gain)
        };
        let of_visit = |visit: u32| {
            let before = self.field.before.of(visit).iter().map(|near| gain(near.node, visit));
            let after = self.field.after.of(visit).iter().map(|near| gain(visit, near.node));
            before.chain(after).sum::<i64>()
        };
        (0..self.field.visits).map(of_visit).sum()
    }

    fn merge(&self) -> i64 {
        let tours = &self.polish.tours;
        let joined = self.field.visits;
        let rests = (1..joined).map(|visit| tours.rest(visit - 1).merge(60, tours.rest(visit)));
        rests.filter_map(|rest| rest.leave(0)).map(i64::from).sum()
    }
}

fn exchanges<L: Legs>(tours: &Tours<'_, L>) -> i64 {
    let used: Vec<u32> =
        (0..tours.field.vehicles()).filter(|&route| !tours.is_empty(route)).collect();
    let mut exchange = Exchange::default();
    let pairs = used.iter().flat_map(|&one| used.iter().map(move |&other| [one, other]));
    let pairs = pairs.filter(|pair| pair[0] < pair[1]);
    pairs.filter_map(|pair| exchange.best(tours, pair)).map(|change| change.gain).sum()
}
