//! What a rich problem adds to a field: the walk's rules, calls at the hub, and what is frozen.
//!
//! The slack of a plan decides plain problems exactly. A problem is rich if anything in it is used
//! that the slack does not know; there it only sieves, and a walk decides.

use super::initial::Start;
use super::legs::NOWHERE;
use super::number::count;
use crate::solver::{DIMENSIONS, Problem, RouteCost, Rules, Task, Travel, Vehicle};
use std::collections::HashMap;

/// As late as moments get where lateness is allowed.
pub(super) const LATE: i32 = 1_000_000_000;

/// A node that is no visit: a call at the hub, or a break that is frozen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extra {
    pub(super) vehicle: u32,
    pub(super) task: Task,
    pub(super) place: Option<u32>,
}

/// The nodes of a problem behind its visits.
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    /// In the order of their nodes.
    pub(super) all: Vec<Extra>,
    /// By vehicle: where its calls at the hub begin and end among all.
    hubs: Vec<(u32, u32)>,
    /// By vehicle: where its frozen breaks begin.
    breaks: Vec<u32>,
}

impl Extras {
    /// As many calls at the hub as a vehicle may make, within reason.
    pub(super) fn of(problem: &Problem, start: &Start) -> Self {
        let mut extras = Self::default();
        let share = 4 + 4 * problem.visits.len() / problem.vehicles.len().max(1);
        let share = share.min(problem.visits.len() + 1);
        for (index, vehicle) in (0..).zip(&problem.vehicles) {
            let tasks = start.route(index);
            let from = count(extras.all.len());
            if let Some(hub) = vehicle.hub_returns {
                let called = tasks.iter().filter(|task| **task == Task::Hub).count();
                let calls = hub.most.min(count(share.max(called)));
                let call = Extra { vehicle: index, task: Task::Hub, place: Some(hub.place) };
                extras.all.extend((0..calls).map(|_| call));
            }
            extras.hubs.push((from, count(extras.all.len())));
            extras.breaks.push(count(extras.all.len()));
            let breaks = tasks.iter().filter(|task| matches!(task, Task::Break(_)));
            extras.all.extend(breaks.map(|&task| Extra { vehicle: index, task, place: None }));
        }
        extras
    }

    /// The nodes of a vehicle's tasks; `jobs` visits come before the extras.
    pub(super) fn nodes(&self, vehicle: u32, tasks: &[Task], node_of: &[u32]) -> Vec<u32> {
        let jobs = count(node_of.len());
        let first = |from: Option<&u32>| jobs + from.copied().unwrap_or_default();
        let mut hub = first(self.hubs.get(vehicle as usize).map(|(from, _)| from));
        let mut pause = first(self.breaks.get(vehicle as usize));
        let take = |next: &mut u32| {
            *next += 1;
            *next - 1
        };
        let node = |task: &Task| match *task {
            Task::Visit(visit) => node_of[visit as usize],
            Task::Hub => take(&mut hub),
            Task::Break(_) => take(&mut pause),
        };
        tasks.iter().map(node).collect()
    }
}

/// What the walk and the search of a rich problem need.
pub(super) struct Rich<'p> {
    pub(super) problem: &'p Problem,
    pub(super) rules: Rules<'p>,
    /// By node, starts and ends of routes not included.
    pub(super) tasks: Vec<Task>,
    /// By node: frozen.
    pub(super) locked: Vec<bool>,
    /// By node, starts and ends included. A frozen break is where the stop before it is.
    places: Vec<u32>,
    /// By vehicle: its calls at the hub, as a range of nodes.
    pub(super) hubs: Vec<(u32, u32)>,
    /// By vehicle: its last frozen node, or its start.
    pub(super) heads: Vec<u32>,
    /// By vehicle: what is frozen is not feasible, so that nothing can be added.
    pub(super) stuck: Vec<bool>,
    /// Cost of using a route beyond the problem's.
    pub(super) fee: i64,
    /// By visit's node: when its last window closes. Empty where nobody may be late.
    dues: Vec<i32>,
    /// By vehicle: windows may be missed at a price, and a plan's moments are those of the walk.
    pub(super) timely: Vec<bool>,
    /// A detour never saves time or cost.
    pub(super) metric: bool,
    /// A visit may be feasible with another one and not without: where breaks are taken, or on a way
    /// that is shorter with a detour.
    pub(super) needy: bool,
    /// Some shipment was collected on a frozen leg and is delivered later.
    pub(super) bound: bool,
}

impl<'p> Rich<'p> {
    pub(super) fn new(
        problem: &'p Problem,
        start: &Start,
        extras: &Extras,
        visit_of: &[u32],
        node_of: &[u32],
        fee: i64,
    ) -> Self {
        let jobs = count(visit_of.len());
        let mut tasks: Vec<Task> = visit_of.iter().map(|&visit| Task::Visit(visit)).collect();
        tasks.extend(extras.all.iter().map(|extra| extra.task));
        let visit_place = |&visit: &u32| problem.visits[visit as usize].place;
        let mut places: Vec<u32> = visit_of.iter().map(visit_place).collect();
        places.extend(extras.all.iter().map(|extra| extra.place.unwrap_or(NOWHERE)));
        for vehicle in &problem.vehicles {
            places.push(vehicle.start.unwrap_or(NOWHERE));
            places.push(vehicle.end.unwrap_or(NOWHERE));
        }
        let inner = count(tasks.len());
        let mut locked = vec![false; tasks.len()];
        let mut heads = Vec::with_capacity(problem.vehicles.len());
        for (index, vehicle) in (0..).zip(&problem.vehicles) {
            let route = start.route(index);
            let frozen = &route[..route.len().min(vehicle.frozen as usize)];
            let mut head = inner + 2 * index;
            for node in extras.nodes(index, frozen, node_of) {
                locked[node as usize] = true;
                if matches!(tasks[node as usize], Task::Break(_)) {
                    places[node as usize] = places[head as usize];
                }
                head = node;
            }
            heads.push(head);
        }
        let is_locked = |visit: u32| locked[node_of[visit as usize] as usize];
        let bound = problem.shipments.iter().any(|s| is_locked(s.pickup) && !is_locked(s.delivery));
        let metric = problem.travel.iter().all(|travel| !matches!(travel, Travel::Table(_)));
        let hubs = extras.hubs.iter().map(|&(from, to)| (jobs + from, jobs + to)).collect();
        let stuck = start.stuck.clone();
        let due =
            |&visit: &u32| problem.visits[visit as usize].windows.last().map_or(0, |w| w.closes);
        let lates = if problem.lateness.is_some() { visit_of } else { &[] };
        let dues = lates.iter().map(due).collect();
        let rules = Rules::new(problem);
        let timely = timely(problem);
        let needy = !metric || problem.vehicles.iter().any(|vehicle| !vehicle.breaks.is_empty());
        Self {
            problem,
            rules,
            tasks,
            locked,
            places,
            hubs,
            heads,
            stuck,
            fee,
            dues,
            timely,
            metric,
            needy,
            bound,
        }
    }

    /// What a vehicle pays from one node to another.
    #[inline]
    pub(super) fn arc(&self, vehicle: u32, from: u32, to: u32) -> i64 {
        let (from, to) = (self.places[from as usize], self.places[to as usize]);
        if from == NOWHERE || to == NOWHERE {
            return 0;
        }
        arc(self.problem, &self.problem.vehicles[vehicle as usize], from, to)
    }

    /// What it costs that a visit begins at a moment and no earlier.
    #[inline]
    pub(super) fn lateness(&self, visit: u32, moment: i32) -> i64 {
        match (self.dues.get(visit as usize), self.problem.lateness) {
            (Some(&due), Some(price)) if moment > due => {
                price * (i64::from(moment) - i64::from(due))
            }
            _ => 0,
        }
    }

    /// Seconds that a node may begin later than at a moment without being late.
    pub(super) fn spare(&self, node: u32, moment: i32) -> i32 {
        self.dues.get(node as usize).map_or(i32::MAX, |&due| due.saturating_sub(moment).max(0))
    }

    /// The price of a second late.
    pub(super) fn late_price(&self) -> i64 {
        self.problem.lateness.unwrap_or(0)
    }

    /// What it costs that a vehicle ends at a moment: overtime, and lateness beyond it.
    pub(super) fn overrun(&self, vehicle: u32, ends: i32) -> i64 {
        let vehicle = &self.problem.vehicles[vehicle as usize];
        let over = (i64::from(ends) - i64::from(vehicle.latest)).max(0);
        let (most, price) = vehicle.overtime.map_or((0, 0), |o| (i64::from(o.most), o.per_second));
        let paid = over.min(most);
        price * paid + self.late_price() * (over - paid)
    }

    /// What of a route's cost a detour may save, beyond its ways.
    pub(super) fn price(&self, cost: &RouteCost) -> i64 {
        if self.metric { 0 } else { cost.overtime + cost.lateness }
    }
}

/// What a vehicle pays from one place to another.
#[inline]
pub(super) fn arc(problem: &Problem, vehicle: &Vehicle, from: u32, to: u32) -> i64 {
    let travel = &problem.travel[vehicle.profile as usize];
    if let Some(cost) = travel.given_cost(from, to) {
        return i64::from(cost);
    }
    let costs = &vehicle.costs;
    let mut sum = costs.per_second * i64::from(travel.duration(from, to));
    if costs.per_metre != 0 {
        sum += costs.per_metre * i64::from(travel.distance(from, to));
    }
    sum
}

/// Whether a plan's slack does not decide this problem exactly.
pub(super) fn is_rich(problem: &Problem) -> bool {
    problem.lateness.is_some()
        || problem.vehicles.iter().any(|vehicle| is_special(problem, vehicle))
        || !moments_are_plain(problem)
        || loads_mix(problem)
}

/// Whether slack tells when visits begin: each has one window, and nothing depends on the stop before.
fn moments_are_plain(problem: &Problem) -> bool {
    let earliest = problem.vehicles.iter().map(|vehicle| vehicle.earliest).min().unwrap_or(0);
    let alone = Alone::new(problem);
    problem.visits.iter().all(|visit| {
        visit.windows.len() == 1
            && visit.release <= earliest
            && (visit.setup == 0 || alone.is(visit.place))
    })
}

/// By vehicle: whether lateness has a price and is known without a walk.
fn timely(problem: &Problem) -> Vec<bool> {
    let one_way = problem.vehicles.windows(2).all(|pair| pair[0].profile == pair[1].profile);
    let plain = problem.lateness.is_some() && one_way && moments_are_plain(problem);
    problem.vehicles.iter().map(|vehicle| plain && vehicle.breaks.is_empty()).collect()
}

fn is_special(problem: &Problem, vehicle: &Vehicle) -> bool {
    let first = problem.vehicles.first().map_or(vehicle.costs, |first| first.costs);
    let limits = &vehicle.limits;
    vehicle.profile != 0
        || vehicle.frozen > 0
        || vehicle.overtime.is_some()
        || vehicle.hub_returns.is_some()
        || !vehicle.breaks.is_empty()
        || limits.stops.is_some()
        || limits.travel.is_some()
        || limits.duration.is_some()
        || limits.distance.is_some()
        || (vehicle.costs.per_second, vehicle.costs.per_metre)
            != (first.per_second, first.per_metre)
}

/// Whether some dimension is both brought and fetched, or shipped and either.
fn loads_mix(problem: &Problem) -> bool {
    let mut uses = [[false; 3]; DIMENSIONS];
    let mut shipped = vec![false; problem.visits.len()];
    for shipment in &problem.shipments {
        let [from, to] =
            [shipment.pickup, shipment.delivery].map(|end| &problem.visits[end as usize]);
        if from.pickup != to.delivery
            || from.delivery != to.pickup
            || from.delivery.iter().any(|&load| load != 0)
        {
            return true;
        }
        for (dimension, uses) in uses.iter_mut().enumerate() {
            uses[2] |= from.pickup[dimension] != 0;
        }
        shipped[shipment.pickup as usize] = true;
        shipped[shipment.delivery as usize] = true;
    }
    for (visit, _) in problem.visits.iter().zip(&shipped).filter(|(_, shipped)| !**shipped) {
        for (dimension, uses) in uses.iter_mut().enumerate() {
            uses[0] |= visit.pickup[dimension] != 0;
            uses[1] |= visit.delivery[dimension] != 0;
        }
    }
    uses.iter().any(|uses| uses.iter().filter(|used| **used).count() > 1)
}

/// Places with one visit alone: set-up there is never spared.
pub(super) struct Alone(HashMap<u32, u32>);

impl Alone {
    pub(super) fn new(problem: &Problem) -> Self {
        let mut stops = HashMap::new();
        let starts = problem.vehicles.iter().filter_map(|vehicle| vehicle.start);
        let hubs = problem.vehicles.iter().filter_map(|v| Some(v.hub_returns?.place));
        let visits = problem.visits.iter().map(|visit| visit.place);
        if problem.visits.iter().any(|visit| visit.setup > 0) {
            starts
                .chain(hubs)
                .chain(visits)
                .for_each(|place| *stops.entry(place).or_insert(0) += 1);
        }
        Self(stops)
    }

    pub(super) fn is(&self, place: u32) -> bool {
        self.0.get(&place) == Some(&1)
    }
}

/// Visits that no vehicle can ever serve, by skills, pins or loads; or, where ways are straight, by
/// the way there and back alone.
pub(super) fn hopeless(problem: &Problem, rules: &Rules<'_>) -> Vec<bool> {
    let mut kinds: Vec<(u32, &Vehicle)> = Vec::new();
    let mut pinned = vec![false; problem.vehicles.len()];
    for vehicle in problem.visits.iter().filter_map(|visit| visit.vehicle) {
        if let Some(flag) = pinned.get_mut(vehicle as usize) {
            *flag = true;
        }
    }
    for ((index, vehicle), pinned) in (0..).zip(&problem.vehicles).zip(pinned) {
        let known = kinds
            .iter()
            .any(|(_, other)| other.skills == vehicle.skills && other.capacity == vehicle.capacity);
        if pinned || !known {
            kinds.push((index, vehicle));
        }
    }
    let can = |visit: u32| {
        let asked = &problem.visits[visit as usize];
        kinds.iter().any(|&(vehicle, kind)| {
            rules.is_open_to(vehicle, visit)
                && rules.is_skilled(vehicle, visit)
                && (0..DIMENSIONS).all(|d| {
                    asked.pickup[d] <= kind.capacity[d] && asked.delivery[d] <= kind.capacity[d]
                })
        })
    };
    let mut hopeless: Vec<bool> = (0..).take(problem.visits.len()).map(|v| !can(v)).collect();
    for shipment in &problem.shipments {
        let [pickup, delivery] = [shipment.pickup, shipment.delivery].map(|end| end as usize);
        let lost = hopeless[pickup] || hopeless[delivery];
        (hopeless[pickup], hopeless[delivery]) = (lost, lost);
    }
    hopeless
}
