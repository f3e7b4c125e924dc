//! A stretch of a route is turned round (2-opt).

use super::change::{Change, Piece, Rebuilt};
use super::tours::Tours;
use crate::solver::search::legs::Legs;

/// Turns what is between `p` and `u` round, together with one of them, so that `u` follows `p`.
pub(super) fn reverse<L: Legs>(tours: &Tours<'_, L>, p: u32, u: u32) -> Option<Change> {
    if tours.route(p) != tours.route(u) || tours.at(p) + 1 >= tours.at(u) {
        return None;
    }
    turn(tours, tours.next(p), u).or_else(|| turn(tours, p, tours.prev(u)))
}

fn turn<L: Legs>(tours: &Tours<'_, L>, first: u32, last: u32) -> Option<Change> {
    let (left, right) = (tours.prev(first), tours.next(last));
    let now = Piece::run(first, last);
    let turned = Piece::turned(first, last);
    let old = tours.leg(left, first) + tours.leg(last, right) + tours.inner(now);
    let new = tours.leg(left, last) + tours.leg(first, right) + tours.inner(turned);
    let gain = old - new;
    if gain <= 0 {
        return None;
    }
    let first = Rebuilt::new(tours.route(first), left, &[turned], right);
    tours.accept(Change { gain, first, second: None })
}
