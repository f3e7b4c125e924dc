//! Two routes exchange all that follows a node (2-opt*, Potvin and Rousseau 1995).

use super::change::{Change, Rebuilt};
use super::tours::Tours;
use crate::solver::search::legs::Legs;

/// `u` and all behind it follows `p`; what followed `p` goes behind what came before `u`. `p` may be
/// the start of an unused vehicle: then a route is split.
pub(super) fn tails<L: Legs>(tours: &Tours<'_, L>, p: u32, u: u32) -> Option<Change> {
    let routes = [tours.route(p), tours.route(u)];
    if routes[0] == routes[1] {
        return None;
    }
    let (next, prev) = (tours.next(p), tours.prev(u));
    let ends = routes.map(|route| tours.field.end(route));
    let lasts = routes.map(|route| tours.last(route));
    let follows = tours.is_visit(next);
    let old = tours.leg(p, next) + tours.leg(prev, u);
    let new = tours.leg(p, u) + tours.leg(prev, if follows { next } else { ends[1] });
    // The last legs, where the vehicles end at different places.
    let mut ending = tours.leg(lasts[1], ends[0]) - tours.leg(lasts[1], ends[1]);
    if follows {
        ending += tours.leg(lasts[0], ends[1]) - tours.leg(lasts[0], ends[0]);
    }
    let gain = old - new - ending;
    if gain <= 0 {
        return None;
    }
    let first = Rebuilt::new(routes[0], p, &[], u);
    let second = Some(Rebuilt::new(routes[1], prev, &[], next));
    tours.accept(Change { gain, first, second })
}
