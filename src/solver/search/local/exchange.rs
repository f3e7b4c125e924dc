//! Two visits of different routes change routes, each to its best place there (SWAP*, Vidal 2022,
//! "Hybrid genetic search for the CVRP", section 3.2).

use super::change::{Change, Piece, Rebuilt};
use super::tours::Tours;
use crate::solver::search::field::NONE;
use crate::solver::search::legs::Legs;

/// A place behind a node, and what it costs more to go there.
#[derive(Clone, Copy, Debug)]
struct Spot {
    after: u32,
    extra: i64,
}

const NOWHERE: Spot = Spot { after: NONE, extra: i64::MAX };

/// The cheapest three places of a visit on the other route as it is. Where one of them is next to
/// the visit that leaves, another remains.
type Spots = [Spot; 3];

/// Room for the places of two routes' visits, used again and again.
#[derive(Default)]
pub(super) struct Exchange {
    visits: [Vec<u32>; 2],
    spots: [Vec<Spots>; 2],
}

impl Exchange {
    /// The best exchange between two routes. The product of their sizes, each place found in time.
    pub(super) fn best<L: Legs>(
        &mut self,
        tours: &Tours<'_, L>,
        routes: [u32; 2],
    ) -> Option<Change> {
        for side in 0..2 {
            let other = routes[1 - side];
            self.visits[side].clear();
            self.visits[side].extend(tours.visits(routes[side]));
            let spots = self.visits[side].iter().map(|&visit| spots(tours, visit, other));
            self.spots[side].clear();
            self.spots[side].extend(spots);
        }
        let mut best: Option<Change> = None;
        for (&one, one_spots) in self.visits[0].iter().zip(&self.spots[0]) {
            for (&other, other_spots) in self.visits[1].iter().zip(&self.spots[1]) {
                let places =
                    [places(tours, one, one_spots, other), places(tours, other, other_spots, one)];
                for first in places[0] {
                    for second in places[1] {
                        let least = best.map_or(0, |best| best.gain);
                        let better = trade(tours, [one, other], [first, second], least);
                        best = better.or(best);
                    }
                }
            }
        }
        best
    }
}

/// The three cheapest places for a visit on a route, the windows of all others kept.
fn spots<L: Legs>(tours: &Tours<'_, L>, visit: u32, route: u32) -> Spots {
    let mut best = [NOWHERE; 3];
    let field = tours.field;
    if field.may.len() > 1 && !field.may_serve(field.kind_of[route as usize], visit) {
        return best;
    }
    let (site, end) = (field.sites[visit as usize], field.end(route));
    let mut after = field.start(route);
    while after != end {
        let next = tours.next(after);
        let start = (tours.depart(after) + tours.time(after, visit)).max(site.opens);
        if start > site.closes {
            // Departures only grow along a route, though not what is on the way: go on looking.
            after = next;
            continue;
        }
        let extra = tours.leg(after, visit) + tours.leg(visit, next) - tours.leg(after, next);
        let fits = start + site.service + tours.time(visit, next) <= tours.latest(next);
        if fits && extra < best[2].extra {
            best[2] = Spot { after, extra };
            best.sort_unstable_by_key(|spot| spot.extra);
        }
        after = next;
    }
    best
}

/// Where `visit` may go once `leaving` has left: into its place, or to the best of the others.
fn places<L: Legs>(tours: &Tours<'_, L>, visit: u32, spots: &Spots, leaving: u32) -> [Spot; 2] {
    let (prev, next) = (tours.prev(leaving), tours.next(leaving));
    let freed = tours.leg(prev, leaving) + tours.leg(leaving, next);
    let own = tours.leg(prev, visit) + tours.leg(visit, next) - freed;
    let apart = |spot: &&Spot| spot.after != prev && spot.after != leaving && spot.after != NONE;
    let other = spots.iter().find(apart).map_or(NOWHERE, |spot| Spot {
        after: spot.after,
        extra: spot.extra + tours.leg(prev, next) - freed,
    });
    [Spot { after: leaving, extra: own }, other]
}

/// Both visits to their places, if that gains more than `least`.
fn trade<L: Legs>(
    tours: &Tours<'_, L>,
    visits: [u32; 2],
    places: [Spot; 2],
    least: i64,
) -> Option<Change> {
    if places.iter().any(|place| place.after == NONE) {
        return None;
    }
    let gain = -places[0].extra - places[1].extra;
    if gain <= least {
        return None;
    }
    let first = replaced(tours, visits[1], visits[0], places[0].after);
    let second = Some(replaced(tours, visits[0], visits[1], places[1].after));
    tours.accept(Change { gain, first, second })
}

/// The route of `leaving` without it and with `visit` behind `after`; `leaving` itself stands for
/// its own place.
fn replaced<L: Legs>(tours: &Tours<'_, L>, leaving: u32, visit: u32, after: u32) -> Rebuilt {
    let (prev, next) = (tours.prev(leaving), tours.next(leaving));
    let (route, visit) = (tours.route(leaving), Piece::run(visit, visit));
    if after == leaving {
        return Rebuilt::new(route, prev, &[visit], next);
    }
    if tours.at(after) < tours.at(leaving) {
        let between = Piece::run(tours.next(after), prev);
        return Rebuilt::new(route, after, &[visit, between], next);
    }
    Rebuilt::new(route, prev, &[Piece::run(next, after), visit], tours.next(after))
}
