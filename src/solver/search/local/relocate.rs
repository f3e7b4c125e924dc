//! One to three visits move to another place, on their route or another, also turned round.

use super::change::{Change, Piece, Rebuilt};
use super::tours::Tours;
use crate::solver::search::legs::Legs;

/// Visits in a string at most.
const LONGEST: u32 = 3;

/// Strings that move so that `u` follows `p`: `u` and what is behind it goes after `p`, or `p` and
/// what is before it goes before `u`. `p` may be the start of an unused vehicle.
pub(super) fn relocate<L: Legs>(tours: &Tours<'_, L>, p: u32, u: u32) -> Option<Change> {
    let before = tours.prev(u);
    for steps in 0..LONGEST {
        let found = tours.ahead(u, steps).and_then(|last| shift(tours, Piece::run(u, last), p));
        let found = found.or_else(|| {
            let first = tours.behind(p, steps)?;
            shift(tours, Piece::run(first, p), before)
        });
        if found.is_some() {
            return found;
        }
    }
    for steps in 1..LONGEST {
        let found = tours.behind(u, steps).and_then(|x| shift(tours, Piece::turned(x, u), p));
        let found = found.or_else(|| {
            let last = tours.ahead(p, steps)?;
            shift(tours, Piece::turned(p, last), before)
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

/// A string moves behind another node: bound by its cost first.
fn shift<L: Legs>(tours: &Tours<'_, L>, string: Piece, after: u32) -> Option<Change> {
    let (left, right) = (tours.prev(string.first), tours.next(string.last));
    let (giver, taker) = (tours.route(string.first), tours.route(after));
    let next = tours.next(after);
    let (place, from, to) = (tours.at(after), tours.at(string.first), tours.at(string.last));
    if giver == taker && place + 1 >= from && place <= to {
        return None;
    }
    let (head, foot) =
        if string.turned { (string.last, string.first) } else { (string.first, string.last) };
    let new = tours.leg(after, head) + tours.leg(foot, next) + tours.leg(left, right);
    let old =
        tours.leg(left, string.first) + tours.leg(string.last, right) + tours.leg(after, next);
    let turn = if string.turned {
        tours.inner(string) - tours.inner(Piece::run(string.first, string.last))
    } else {
        0
    };
    let gain = old - new - turn;
    if gain <= 0 {
        return None;
    }
    let (first, second) = if giver != taker {
        let shorter = Rebuilt::new(giver, left, &[], right);
        (Rebuilt::new(taker, after, &[string], next), Some(shorter))
    } else if place < from {
        let between = Piece::run(next, left);
        (Rebuilt::new(taker, after, &[string, between], right), None)
    } else {
        let between = Piece::run(right, after);
        (Rebuilt::new(taker, left, &[between, string], next), None)
    };
    tours.accept(Change { gain, first, second })
}
