//! The naive walk: every way of placing the breaks of a route, each simulated on its own.
//!
//! Written from the definitions alone; shares nothing with the walk but the problem.

use doorstep::solver::{Break, Load, Problem, RouteCost, Task, Vehicle, Window};

/// What happens between two stops, and at the second of them.
#[derive(Clone, Debug)]
struct Leg {
    travel: i64,
    release: i64,
    load: Load,
    /// Breaks that the route itself names here.
    named: Vec<usize>,
    /// Windows and seconds of the stop; `None`: the end of the route.
    stop: Option<(Vec<Window>, i64)>,
}

/// How breaks are placed: for each leg, how many before setting off, and how many on the way.
type Placement = Vec<(usize, usize)>;

/// A route that has ended: cost of lateness and overtime, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ending {
    price: i64,
    ends: i64,
    overtime: i64,
}

/// The cost of a route, or `None` if it is not feasible.
pub(crate) fn evaluate(problem: &Problem, vehicle: u32, tasks: &[Task]) -> Option<RouteCost> {
    let v = &problem.vehicles[vehicle as usize];
    let frozen = problem.initial.get(vehicle as usize).map_or(&[][..], Vec::as_slice);
    let frozen = &frozen[..frozen.len().min(v.frozen as usize)];
    if !tasks.starts_with(frozen) {
        return None;
    }
    if tasks.is_empty() {
        return Some(RouteCost::default());
    }
    let (legs, travel) = legs(problem, vehicle, tasks)?;
    let day = Day { problem, vehicle: v, legs };
    let earliest = i64::from(v.earliest);
    let mut placements = Vec::new();
    day.placements(&mut Vec::new(), 0, &mut placements);
    let endings: Vec<(Ending, &Placement)> =
        placements.iter().filter_map(|p| Some((day.end(p, earliest)?, p))).collect();
    let best = endings.iter().map(|(ending, _)| *ending).min()?;
    if let Some(most) = v.limits.duration {
        let good = endings.iter().filter(|(e, _)| (e.price, e.ends) == (best.price, best.ends));
        let sets_off =
            good.map(|(ending, placement)| day.latest_start(placement, *ending)).max()?;
        if best.ends - sets_off > i64::from(most) {
            return None;
        }
    }
    let (overtime, lateness) = (best.overtime, best.price - best.overtime);
    Some(RouteCost { fixed: v.costs.fixed, travel, overtime, lateness })
}

/// The legs of a route and the cost of its ways; `None` where something but time forbids it.
fn legs(problem: &Problem, vehicle: u32, tasks: &[Task]) -> Option<(Vec<Leg>, i64)> {
    let v = &problem.vehicles[vehicle as usize];
    let mut loads = loads(problem, v, tasks)?.into_iter();
    let mut way = Way { problem, vehicle: v, place: v.start, cost: 0, seconds: 0, metres: 0 };
    let (mut legs, mut named) = (Vec::new(), Vec::new());
    let (mut visits, mut calls) = (0, 0);
    for task in tasks {
        let (place, release, windows, stay) = match *task {
            Task::Break(index) => {
                named.push(index as usize);
                continue;
            }
            Task::Hub => {
                let hub = v.hub_returns?;
                calls += 1;
                (hub.place, i64::MIN, vec![hub.window], hub.service)
            }
            Task::Visit(index) => {
                let visit = &problem.visits[index as usize];
                visits += 1;
                if visit.vehicle.is_some_and(|only| only != vehicle)
                    || visit.skills.iter().any(|skill| !v.skills.contains(skill))
                {
                    return None;
                }
                let setup = if way.place == Some(visit.place) { 0 } else { visit.setup };
                (
                    visit.place,
                    i64::from(visit.release),
                    visit.windows.clone(),
                    setup + visit.service,
                )
            }
        };
        let (travel, load, named) = (way.go(place), loads.next()?, std::mem::take(&mut named));
        legs.push(Leg { travel, release, load, named, stop: Some((windows, i64::from(stay))) });
    }
    if let Some(end) = v.end {
        let (travel, load) = (way.go(end), loads.next()?);
        legs.push(Leg { travel, release: i64::MIN, load, named, stop: None });
    } else if !named.is_empty() {
        return None;
    }
    let limits = &v.limits;
    let is_within = limits.stops.is_none_or(|most| visits <= most)
        && v.hub_returns.is_none_or(|hub| calls <= hub.most)
        && limits.travel.is_none_or(|most| way.seconds <= i64::from(most))
        && limits.distance.is_none_or(|most| way.metres <= most);
    is_within.then_some((legs, way.cost))
}

/// The way of a vehicle so far.
struct Way<'a> {
    problem: &'a Problem,
    vehicle: &'a Vehicle,
    place: Option<u32>,
    cost: i64,
    seconds: i64,
    metres: i64,
}

impl Way<'_> {
    /// Goes to a place: seconds of travel.
    fn go(&mut self, to: u32) -> i64 {
        let Some(from) = self.place.replace(to) else { return 0 };
        let (ways, costs) =
            (&self.problem.travel[self.vehicle.profile as usize], self.vehicle.costs);
        let (s, m) = (i64::from(ways.duration(from, to)), i64::from(ways.distance(from, to)));
        self.cost += match ways.given_cost(from, to) {
            Some(cost) => i64::from(cost),
            None => costs.per_second * s + costs.per_metre * m,
        };
        (self.seconds, self.metres) = (self.seconds + s, self.metres + m);
        s
    }
}

/// What is on board on leaving the start and each stop; `None` where it is too much at any moment,
/// or where a shipment is not collected and handed over on one trip.
fn loads(problem: &Problem, vehicle: &Vehicle, tasks: &[Task]) -> Option<Vec<Load>> {
    let mut load = loaded(problem, tasks)?;
    let mut loads = vec![load];
    let mut on_board: Vec<u32> = Vec::new();
    for (at, task) in tasks.iter().enumerate() {
        match *task {
            Task::Break(_) => continue,
            Task::Hub => {
                load = loaded(problem, &tasks[at + 1..])?;
                if !on_board.is_empty() {
                    return None;
                }
            }
            Task::Visit(index) => {
                for s in problem.shipments.iter().filter(|s| s.delivery == index) {
                    let at = on_board.iter().position(|pickup| *pickup == s.pickup)?;
                    on_board.remove(at);
                }
                on_board.extend(problem.shipments.iter().map(|s| s.pickup).filter(|p| *p == index));
                let visit = &problem.visits[index as usize];
                for (d, load) in load.iter_mut().enumerate() {
                    *load -= visit.delivery[d];
                    if *load < 0 {
                        return None;
                    }
                    *load += visit.pickup[d];
                }
            }
        }
        loads.push(load);
    }
    let is_light = loads.iter().all(|load| fits(load, &vehicle.capacity));
    (on_board.is_empty() && is_light).then_some(loads)
}

/// What leaves the hub for the tasks before the next call.
fn loaded(problem: &Problem, tasks: &[Task]) -> Option<Load> {
    let mut load = [0; 4];
    for task in tasks.iter().take_while(|task| **task != Task::Hub) {
        let Task::Visit(index) = *task else { continue };
        if problem.shipments.iter().any(|s| s.pickup == index || s.delivery == index) {
            continue;
        }
        for (d, sum) in load.iter_mut().enumerate() {
            *sum += problem.visits.get(index as usize)?.delivery[d];
        }
    }
    Some(load)
}

fn fits(load: &Load, most: &Load) -> bool {
    (0..4).all(|d| load[d] <= most[d])
}

/// One route's day.
struct Day<'a> {
    problem: &'a Problem,
    vehicle: &'a Vehicle,
    legs: Vec<Leg>,
}

impl Day<'_> {
    /// Every way of placing the breaks, whether the clock allows it or not.
    fn placements(&self, so_far: &mut Placement, taken: usize, all: &mut Vec<Placement>) {
        let breaks = &self.vehicle.breaks;
        if so_far.len() == self.legs.len() {
            if taken == breaks.len() {
                all.push(so_far.clone());
            }
            return;
        }
        for before in 0..=breaks.len() - taken {
            for on_way in 0..=breaks.len() - taken - before {
                if self.may_take(so_far.len(), taken, before, on_way) {
                    so_far.push((before, on_way));
                    self.placements(so_far, taken + before + on_way, all);
                    so_far.pop();
                }
            }
        }
    }

    /// Whether a leg may have these breaks, but for the time.
    fn may_take(&self, leg: usize, taken: usize, before: usize, on_way: usize) -> bool {
        let breaks = &self.vehicle.breaks;
        let leg_breaks = taken..taken + before + on_way;
        let named_here = &self.legs[leg].named;
        let mut ordered = named_here.clone();
        ordered.sort_unstable();
        ordered.dedup();
        ordered == *named_here
            && named_here.iter().all(|index| leg_breaks.contains(index))
            && leg_breaks.clone().all(|index| {
                let elsewhere = self.legs.iter().any(|other| other.named.contains(&index));
                let fits = |most: Load| fits(&self.legs[leg].load, &most);
                (named_here.contains(&index) || !elsewhere)
                    && breaks[index].max_load.is_none_or(fits)
                    && (index < taken + before || breaks[index].on_the_way)
            })
    }

    /// How the route ends if it may set off at a moment.
    fn end(&self, placement: &Placement, from: i64) -> Option<Ending> {
        let (mut now, mut price) = (from, 0);
        let mut breaks = self.vehicle.breaks.iter();
        for (leg, (before, on_way)) in self.legs.iter().zip(placement) {
            for pause in breaks.by_ref().take(*before) {
                now = begin(&pause.windows, now)? + i64::from(pause.duration);
            }
            now = now.max(leg.release);
            now = drive(now, leg.travel, breaks.by_ref().take(*on_way))?;
            if let Some((windows, stay)) = &leg.stop {
                let begins = match (begin(windows, now), self.problem.lateness) {
                    (Some(begins), _) => begins,
                    (None, Some(per_second)) => {
                        price += per_second * (now - i64::from(windows.last()?.closes));
                        now
                    }
                    (None, None) => return None,
                };
                now = begins + stay;
            }
        }
        let over = (now - i64::from(self.vehicle.latest)).max(0);
        let allowed = self.vehicle.overtime.map_or(0, |o| over.min(i64::from(o.most)));
        let overtime = self.vehicle.overtime.map_or(0, |o| o.per_second * allowed);
        price += overtime;
        if over > allowed {
            price += self.problem.lateness? * (over - allowed);
        }
        Some(Ending { price, ends: now, overtime })
    }

    /// The latest moment to set off without ending later or at a higher price.
    fn latest_start(&self, placement: &Placement, ending: Ending) -> i64 {
        let (mut low, mut high) = (i64::from(self.vehicle.earliest), ending.ends);
        while low < high {
            let middle = low + (high - low + 1) / 2;
            match self.end(placement, middle) {
                Some(later) if later == ending => low = middle,
                _ => high = middle - 1,
            }
        }
        low
    }
}

/// When a way ends that has these breaks on it, each begun as soon as it may be.
fn drive<'a>(from: i64, way: i64, breaks: impl Iterator<Item = &'a Break>) -> Option<i64> {
    let (mut now, mut left) = (from, way);
    for pause in breaks {
        let begins = begin(&pause.windows, now)?;
        left -= left.min(begins - now);
        now = begins + i64::from(pause.duration);
    }
    Some(now + left)
}

fn begin(windows: &[Window], now: i64) -> Option<i64> {
    let open = windows.iter().find(|window| now <= i64::from(window.closes))?;
    Some(now.max(i64::from(open.opens)))
}
