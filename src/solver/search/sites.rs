//! Windows and rows of nodes.

use super::build::Layout;
use super::field::Site;
use super::number::count;
use super::plan::NEVER;
use super::rich::{Alone, LATE};
use crate::solver::{Problem, Vehicle};

/// No window closes later: nodes on no route depart later still, and so are never in time.
const FOREVER: i32 = NEVER - 1;

/// By node: when it is open, and its row.
pub(super) fn sites(problem: &Problem, layout: &Layout) -> (Vec<Site>, Vec<u32>) {
    let mut sites = visits(problem, layout);
    let mut rows: Vec<u32> = (0..count(sites.len())).collect();
    for extra in &layout.extras.all {
        rows.push(layout.row(extra.place));
        let hub = problem.vehicles[extra.vehicle as usize].hub_returns;
        sites.push(match hub.filter(|_| extra.place.is_some()) {
            Some(hub) => Site {
                opens: hub.window.opens,
                closes: closing(problem, hub.window.closes),
                service: hub.service,
            },
            None => Site { opens: -LATE, closes: LATE, service: 0 },
        });
    }
    for vehicle in &problem.vehicles {
        rows.push(layout.row(vehicle.start));
        rows.push(layout.row(vehicle.end));
        let open = i32::MIN / 2;
        sites.push(Site { opens: open, closes: FOREVER, service: 0 });
        sites.push(Site { opens: open, closes: latest(problem, vehicle), service: 0 });
    }
    (sites, rows)
}

fn visits(problem: &Problem, layout: &Layout) -> Vec<Site> {
    let alone = Alone::new(problem);
    let site = |&visit: &u32| {
        let visit = &problem.visits[visit as usize];
        let (first, last) = (visit.windows.first(), visit.windows.last());
        let setup = if alone.is(visit.place) { visit.setup } else { 0 };
        Site {
            opens: first.map_or(0, |window| window.opens).max(visit.release),
            closes: last.map_or(-LATE, |window| closing(problem, window.closes)),
            service: visit.service + setup,
        }
    };
    layout.visit_of.iter().map(site).collect()
}

/// When a window closes at the latest, at whatever price.
fn closing(problem: &Problem, closes: i32) -> i32 {
    if problem.lateness.is_some() { LATE } else { closes.min(FOREVER) }
}

/// When a route may end at the latest, at whatever price.
pub(super) fn latest(problem: &Problem, vehicle: &Vehicle) -> i32 {
    if problem.lateness.is_some() {
        return LATE;
    }
    let overtime = vehicle.overtime.map_or(0, |overtime| overtime.most);
    vehicle.latest.saturating_add(overtime).min(FOREVER)
}
