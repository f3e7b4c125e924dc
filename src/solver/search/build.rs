//! From a problem to the field its search works on.

use super::cells::{Around, Cells};
use super::field::{Field, Kind, MANY, NONE, Site};
use super::initial::Start;
use super::legs::{Asked, Flat, GRID_ROWS, Globe, Grid, Grids, Legs, NOWHERE, Tariff};
use super::loads::Loads;
use super::measures;
use super::neighbours::{self, Reach};
use super::number;
use super::rich::{self, Extras, Rich};
use super::sites;
use crate::solver::{Objective, Problem, Rules, Travel, Vehicle};
use rayon::ThreadPool;
use std::collections::HashMap;

/// Rows from which lengths on a plane are computed rather than looked up.
const PLANE_ROWS: usize = 450;

/// Neighbours where all pairs are looked at, and where only those in the cells around are.
const FULL: Reach = Reach { before: 100, after: 100, around: 100, wait: 1 };
const WIDE: Reach = Reach { before: 36, after: 36, around: 24, wait: 1 };

/// Visits around one that are looked at for its neighbours.
const CANDIDATES: usize = 240;

/// Neighbours farther than the best place would allow by this many spacings are not looked at.
const FAR: f64 = 5.0;

/// The problem's visits in the order of the field's nodes, and what both have in common.
pub(super) struct Layout {
    /// Problem visit of each node.
    pub(super) visit_of: Vec<u32>,
    /// Node of each visit.
    pub(super) node_of: Vec<u32>,
    /// Place of each row: the visits' first.
    places: Vec<u32>,
    row_of_place: HashMap<u32, u32>,
    cells: Option<Cells>,
    pub(super) tariff: Tariff,
    pub(super) start: Start,
    /// Visits that no vehicle can ever serve.
    pub(super) hopeless: Vec<bool>,
    is_rich: bool,
    pub(super) extras: Extras,
    objective: Objective,
}

impl Layout {
    pub(super) fn new(problem: &Problem, objective: Objective) -> Self {
        let rules = Rules::new(problem);
        let start = Start::of(problem, &rules);
        let hopeless = rich::hopeless(problem, &rules);
        let is_rich = rich::is_rich(problem);
        let extras = if is_rich { Extras::of(problem, &start) } else { Extras::default() };
        let travel = &problem.travel[0];
        let points: Option<Vec<[f64; 2]>> =
            problem.visits.iter().map(|visit| travel.plane_point(visit.place)).collect();
        let count = problem.visits.len();
        let wide = (number::count(count) > MANY).then_some(points).flatten();
        let cells = wide.map(Cells::new);
        let visit_of: Vec<u32> = match &cells {
            Some(cells) => cells.order(),
            None => (0..number::count(count)).collect(),
        };
        // Neighbours are found by node, so the cells count in nodes, too.
        let cells = cells.map(|_| {
            let point = |&visit: &u32| {
                travel.plane_point(problem.visits[visit as usize].place).unwrap_or_default()
            };
            Cells::new(visit_of.iter().map(point).collect())
        });
        let mut node_of = vec![0; count];
        for (node, &visit) in visit_of.iter().enumerate() {
            node_of[visit as usize] = number::count(node);
        }
        let mut places: Vec<u32> =
            visit_of.iter().map(|&visit| problem.visits[visit as usize].place).collect();
        let mut row_of_place = HashMap::new();
        let ends = problem.vehicles.iter().flat_map(|vehicle| [vehicle.start, vehicle.end]);
        for place in ends.chain(extras.all.iter().map(|extra| extra.place)) {
            let place = place.unwrap_or(NOWHERE);
            row_of_place.entry(place).or_insert_with(|| {
                places.push(place);
                number::count(places.len()) - 1
            });
        }
        let tariff = tariff(problem, &places, is_rich);
        Self {
            visit_of,
            node_of,
            places,
            row_of_place,
            cells,
            tariff,
            start,
            hopeless,
            is_rich,
            extras,
            objective,
        }
    }

    pub(super) fn row(&self, place: Option<u32>) -> u32 {
        self.row_of_place[&place.unwrap_or(NOWHERE)]
    }

    pub(super) fn asked<'a>(&'a self, problem: &'a Problem) -> Asked<'a> {
        let used = |profile: usize| problem.vehicles.iter().any(|v| v.profile as usize == profile);
        let first = (0..problem.travel.len()).find(|&profile| used(profile)).unwrap_or(0);
        let others = (first + 1..problem.travel.len()).filter(|&profile| used(profile));
        Asked {
            travel: &problem.travel[first],
            others: others.map(|profile| &problem.travel[profile]).collect(),
            places: &self.places,
            tariff: self.tariff,
        }
    }

    /// Whether cost and time are the same number on each leg.
    fn same(&self, problem: &Problem) -> bool {
        let Tariff { per_second, per_metre, divisor } = self.tariff;
        let one = match &problem.travel[0] {
            Travel::Plane(_) => per_second + per_metre == divisor,
            Travel::Sphere(_) => per_second == divisor && per_metre == 0,
            Travel::Table(table) => {
                !table.has_costs()
                    && (per_second == divisor && per_metre == 0
                        || per_second + per_metre == divisor && !table.has_distances())
            }
        };
        // A rich problem is charged by the walk: durations do to tell near from far.
        let enough = match &problem.travel[0] {
            Travel::Plane(_) | Travel::Sphere(_) => true,
            Travel::Table(table) => !table.has_costs() && !table.has_distances(),
        };
        (one || self.is_rich && enough)
            && problem.vehicles.iter().all(|vehicle| vehicle.profile == 0)
    }
}

fn tariff(problem: &Problem, places: &[u32], is_rich: bool) -> Tariff {
    let costs = problem.vehicles.first().map(|vehicle| vehicle.costs);
    let (mut per_second, mut per_metre) =
        costs.map_or((0, 1), |costs| (costs.per_second, costs.per_metre));
    if is_rich {
        // The search only asks which ways are shorter: what vehicles pay on average tells.
        let count = i64::from(number::count(problem.vehicles.len().max(1)));
        let mean =
            |part: fn(&Vehicle) -> i64| problem.vehicles.iter().map(part).sum::<i64>() / count;
        (per_second, per_metre) = (mean(|v| v.costs.per_second), mean(|v| v.costs.per_metre));
        if (per_second, per_metre) == (0, 0) {
            per_second = 1;
        }
    }
    let mut tariff = Tariff { per_second, per_metre, divisor: 1 };
    let travel = &problem.travel[0];
    let known: Vec<u32> = places.iter().copied().filter(|&place| place != NOWHERE).collect();
    let step = known.len().div_ceil(300).max(1);
    let some: Vec<u32> = known.into_iter().step_by(step).collect();
    let pairs = some.iter().flat_map(|&from| some.iter().map(move |&to| (from, to)));
    let most = pairs.map(|(from, to)| tariff.full(travel, from, to)).max().unwrap_or(0);
    tariff.divisor = (most / 100_000_000).max(1);
    tariff
}

/// Something to do with a field, whatever its legs are.
pub(super) trait Task {
    type Answer;

    /// The threads that build the field, if not the caller's.
    fn pool(&self) -> Option<&ThreadPool> {
        None
    }

    fn run<L: Legs>(self, field: &Field<'_, L>, layout: &Layout) -> Self::Answer;
}

/// Builds the field with the legs that suit the problem, and does something with it.
pub(super) fn with_field<T: Task>(problem: &Problem, objective: Objective, task: T) -> T::Answer {
    let layout = Layout::new(problem, objective);
    let rows = layout.places.len();
    let asked = layout.asked(problem);
    let located = !layout.places.contains(&NOWHERE);
    match (&problem.travel[0], layout.same(problem)) {
        (Travel::Plane(plane), true) if rows > PLANE_ROWS && located => {
            build(problem, &layout, Flat::new(plane, &layout.places), task)
        }
        (_, true) if rows <= GRID_ROWS => {
            build(problem, &layout, Grid::of(rows, |from, to| asked.time_of(from, to)), task)
        }
        (_, false) if rows <= GRID_ROWS => {
            let time = Grid::of(rows, |from, to| asked.time_of(from, to));
            let cost = Grid::of(rows, |from, to| asked.cost_of(from, to));
            build(problem, &layout, Grids { time, cost }, task)
        }
        (Travel::Sphere(sphere), true) if located => {
            build(problem, &layout, Globe::new(sphere, &layout.places), task)
        }
        _ => build(problem, &layout, layout.asked(problem), task),
    }
}

fn build<T: Task>(problem: &Problem, layout: &Layout, legs: impl Legs, task: T) -> T::Answer {
    let field = field(problem, layout, legs, task.pool());
    task.run(&field, layout)
}

fn field<'p, L: Legs>(
    problem: &'p Problem,
    layout: &Layout,
    legs: L,
    pool: Option<&ThreadPool>,
) -> Field<'p, L> {
    let jobs = number::count(layout.visit_of.len());
    let visits = jobs + number::count(layout.extras.all.len());
    let (sites, rows) = sites::sites(problem, layout);
    let (mut plane, middle) = plane(problem, layout, &legs);
    plane.resize(visits as usize, middle);
    let divisor = if layout.is_rich { 1 } else { layout.tariff.divisor };
    let scale = measures::scale(problem) / divisor + 1;
    let fee = if layout.objective == Objective::Vehicles { scale } else { 0 };
    let (kinds, kind_of) = kinds(problem, layout, fee);
    let near = near(layout, jobs, &sites, &legs, pool);
    let mut loads = Loads::of(problem, layout, &kinds);
    loads.demand.resize(visits as usize * loads.resources.len(), 0);
    let penalty = measures::penalties(problem, &layout.visit_of, scale, fee);
    let (class, may) = classes(problem, layout, &kinds);
    let kinds = equipped(problem, kinds, &loads);
    let (mate, is_pickup) = mates(problem, layout, visits);
    let cargo_capacity = loads.cargo_capacity(problem, &kinds);
    let alone = if layout.is_rich { Vec::new() } else { alone(&legs, &kinds, jobs) };
    let rich = layout.is_rich.then(|| {
        let Layout { start, extras, visit_of, node_of, .. } = layout;
        Rich::new(problem, start, extras, visit_of, node_of, fee)
    });
    let spacing = if layout.is_rich {
        measures::spacing(problem, layout.tariff, &layout.visit_of, &near.around)
    } else {
        near.spacing
    };
    Field {
        visits,
        jobs,
        rich,
        fee,
        legs,
        sites,
        rows,
        kinds,
        kind_of,
        resources: loads.resources.len(),
        demand: loads.demand,
        mate,
        is_pickup,
        cargo: loads.cargo,
        cargo_dims: loads.cargo_dims.len(),
        cargo_capacity,
        class,
        may,
        before: near.before,
        after: near.after,
        around: near.around,
        weight: loads.weight,
        penalty,
        alone,
        plane,
        middle,
        cells: layout.cells.clone(),
        // A problem's spacing is below 2^31, as its costs are.
        far: number::whole(FAR * near.spacing.min(1e8)).cast_signed(),
        spacing: spacing.max(1.0),
    }
}

/// Kinds with their capacities.
fn equipped(problem: &Problem, mut kinds: Vec<Kind>, loads: &Loads) -> Vec<Kind> {
    for kind in &mut kinds {
        let vehicle = &problem.vehicles[kind.vehicle as usize];
        kind.capacity = loads.capacity_of(vehicle);
        if let Some(hub) = vehicle.hub_returns {
            // What fits on all of its trips together: the walk looks at each by itself.
            let trips = i64::from(hub.most) + 1;
            kind.capacity.iter_mut().for_each(|most| *most = most.saturating_mul(trips));
        }
    }
    kinds
}

/// By visit: the least that a route with it alone costs, whatever its windows and load.
fn alone<L: Legs>(legs: &L, kinds: &[Kind], visits: u32) -> Vec<i64> {
    let mut ways: HashMap<(u32, u32), i64> = HashMap::new();
    for kind in kinds {
        let fixed = ways.entry((kind.start_row, kind.end_row)).or_insert(kind.fixed);
        *fixed = kind.fixed.min(*fixed);
    }
    let cost = |visit: u32, (&(start, end), fixed): (&(u32, u32), &i64)| {
        fixed + i64::from(legs.cost(start, visit)) + i64::from(legs.cost(visit, end))
    };
    let least = |visit| ways.iter().map(|way| cost(visit, way)).min().unwrap_or(i64::MAX);
    (0..visits).map(least).collect()
}

/// By node: the other end of a shipment, and whether this one is the pickup.
fn mates(problem: &Problem, layout: &Layout, visits: u32) -> (Vec<u32>, Vec<bool>) {
    let mut mate = vec![NONE; visits as usize];
    let mut is_pickup = vec![false; visits as usize];
    for shipment in &problem.shipments {
        let ends = [shipment.pickup, shipment.delivery].map(|end| layout.node_of[end as usize]);
        mate[ends[0] as usize] = ends[1];
        mate[ends[1] as usize] = ends[0];
        is_pickup[ends[0] as usize] = true;
    }
    (mate, is_pickup)
}

/// Points of the visits and the middle of the starts. Where there are only tables, the distances to
/// two pivots far from each other stand for coordinates.
fn plane<L: Legs>(problem: &Problem, layout: &Layout, legs: &L) -> (Vec<[f64; 2]>, [f64; 2]) {
    let travel = &problem.travel[0];
    let visits = number::count(layout.visit_of.len());
    let known = |&place: &u32| (place != NOWHERE).then(|| travel.plane_point(place)).flatten();
    let points: Option<Vec<[f64; 2]>> =
        layout.places[..visits as usize].iter().map(known).collect();
    let starts = &layout.places[visits as usize..];
    if let Some(points) = points {
        let starts: Vec<[f64; 2]> = starts.iter().filter_map(known).collect();
        let mean = |axis: usize| {
            starts.iter().map(|p| p[axis]).sum::<f64>() / number::real(starts.len().max(1))
        };
        return (points, [mean(0), mean(1)]);
    }
    let far = |from: u32| (0..visits).max_by_key(|&to| legs.cost(from, to)).unwrap_or(0);
    let first = far(0);
    let pivots = [first, far(first)];
    let point = |row: u32| pivots.map(|pivot| f64::from(legs.cost(pivot, row)));
    let middle = if starts.is_empty() { [0.0, 0.0] } else { point(visits) };
    ((0..visits).map(point).collect(), middle)
}

fn near<L: Legs>(
    layout: &Layout,
    visits: u32,
    sites: &[Site],
    legs: &L,
    pool: Option<&ThreadPool>,
) -> neighbours::Neighbours {
    if let Some(cells) = &layout.cells {
        let candidates = |visit, found: &mut Around| cells.around(visit, CANDIDATES, found);
        neighbours::find(pool, visits, sites, legs, &WIDE, &candidates)
    } else {
        let candidates = |_, found: &mut Around| {
            found.points.clear();
            found.points.extend(0..visits);
        };
        neighbours::find(pool, visits, sites, legs, &FULL, &candidates)
    }
}

/// Vehicles that are alike share a kind; one that a visit is pinned to is a kind of its own.
fn kinds(problem: &Problem, layout: &Layout, fee: i64) -> (Vec<Kind>, Vec<u32>) {
    let mut pinned = vec![false; problem.vehicles.len()];
    for vehicle in problem.visits.iter().filter_map(|visit| visit.vehicle) {
        if let Some(flag) = pinned.get_mut(vehicle as usize) {
            *flag = true;
        }
    }
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut kinds = Vec::new();
    let mut kind_of = Vec::with_capacity(problem.vehicles.len());
    for (index, vehicle) in problem.vehicles.iter().enumerate() {
        let own = if pinned[index] { index } else { usize::MAX };
        let key = format!("{own} {vehicle:?}");
        let kind = *known.entry(key).or_insert_with(|| {
            kinds.push(Kind {
                start_row: layout.row(vehicle.start),
                end_row: layout.row(vehicle.end),
                earliest: vehicle.earliest,
                latest: sites::latest(problem, vehicle),
                fixed: vehicle.costs.fixed / layout.tariff.divisor + fee,
                capacity: Vec::new(),
                vehicle: number::count(index),
            });
            number::count(kinds.len()) - 1
        });
        kind_of.push(kind);
    }
    (kinds, kind_of)
}

/// Classes of visits by who may serve them, and the table of who may.
fn classes(problem: &Problem, layout: &Layout, kinds: &[Kind]) -> (Vec<u32>, Vec<bool>) {
    let mut known: HashMap<(&[u32], Option<u32>), u32> = HashMap::new();
    let mut may = Vec::new();
    let class = |&visit: &u32| {
        let visit = &problem.visits[visit as usize];
        let next = number::count(known.len());
        *known.entry((&visit.skills, visit.vehicle)).or_insert_with(|| {
            may.extend(kinds.iter().map(|kind| {
                let vehicle = &problem.vehicles[kind.vehicle as usize];
                let skilled = visit.skills.iter().all(|skill| vehicle.skills.contains(skill));
                skilled && visit.vehicle.is_none_or(|pinned| pinned == kind.vehicle)
            }));
            next
        })
    };
    let class = layout.visit_of.iter().map(class).collect();
    (class, may)
}
