//! One to three visits change places with one or two others.

use super::change::{Change, Piece, Rebuilt};
use super::tours::Tours;
use crate::solver::search::legs::Legs;

/// Visits of the one string and of the other.
const SIZES: [(u32, u32); 6] = [(1, 1), (2, 1), (1, 2), (2, 2), (3, 1), (3, 2)];

/// Strings that change places so that `u` follows `p`: from `u` on with those behind `p`, or up to
/// `p` with those before `u`.
pub(super) fn swap<L: Legs>(tours: &Tours<'_, L>, p: u32, u: u32) -> Option<Change> {
    let (behind, before) = (tours.next(p), tours.prev(u));
    SIZES.iter().find_map(|&(one, other)| forwards(tours, [u, behind], [one, other])).or_else(
        || SIZES.iter().find_map(|&(one, other)| backwards(tours, [p, before], [one, other])),
    )
}

fn forwards<L: Legs>(tours: &Tours<'_, L>, firsts: [u32; 2], sizes: [u32; 2]) -> Option<Change> {
    let one = Piece::run(firsts[0], tours.ahead(firsts[0], sizes[0] - 1)?);
    let other = Piece::run(firsts[1], tours.ahead(firsts[1], sizes[1] - 1)?);
    trade(tours, one, other)
}

fn backwards<L: Legs>(tours: &Tours<'_, L>, lasts: [u32; 2], sizes: [u32; 2]) -> Option<Change> {
    let one = Piece::run(tours.behind(lasts[0], sizes[0] - 1)?, lasts[0]);
    let other = Piece::run(tours.behind(lasts[1], sizes[1] - 1)?, lasts[1]);
    trade(tours, one, other)
}

fn trade<L: Legs>(tours: &Tours<'_, L>, one: Piece, other: Piece) -> Option<Change> {
    let routes = [tours.route(one.first), tours.route(other.first)];
    let same = routes[0] == routes[1];
    let crossed = same && tours.at(one.first) > tours.at(other.first);
    let (a, b) = if crossed { (other, one) } else { (one, other) };
    // Next to each other they would only be moved.
    if same && tours.at(a.last) + 1 >= tours.at(b.first) {
        return None;
    }
    let (a_left, a_right) = (tours.prev(a.first), tours.next(a.last));
    let (b_left, b_right) = (tours.prev(b.first), tours.next(b.last));
    let old = tours.leg(a_left, a.first)
        + tours.leg(a.last, a_right)
        + tours.leg(b_left, b.first)
        + tours.leg(b.last, b_right);
    let new = tours.leg(a_left, b.first)
        + tours.leg(b.last, a_right)
        + tours.leg(b_left, a.first)
        + tours.leg(a.last, b_right);
    let gain = old - new;
    if gain <= 0 {
        return None;
    }
    if same {
        let between = Piece::run(a_right, b_left);
        let first = Rebuilt::new(routes[0], a_left, &[b, between, a], b_right);
        return tours.accept(Change { gain, first, second: None });
    }
    let first = Rebuilt::new(routes[0], a_left, &[b], a_right);
    let second = Some(Rebuilt::new(routes[1], b_left, &[a], b_right));
    tours.accept(Change { gain, first, second })
}
