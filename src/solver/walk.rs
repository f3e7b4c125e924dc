//! The walk along a route: the definition of its timing, of its cost and of its feasibility.
//!
//! A route is walked from its start, each step as early as it can be, and the first constraint that
//! is broken ends the walk. Where breaks are taken is left to the walk: it finds the places that
//! make the route cheapest, and among those the ones that make it end first.

mod breaks;
mod clock;
mod load;
mod rules;

pub use rules::Rules;

use super::{Breach, Constraint, HubReturns, Load, Problem, Task, Travel, Vehicle, Window};
use breaks::{Labels, Memory};
use clock::{Call, Clock, Finish, Gap, Missed, Plain, ShiftEnd};
use load::{EMPTY, Trip};
use rules::{End, Opening, Stop};

/// What a route costs, by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteCost {
    /// For using the vehicle.
    pub fixed: i64,
    /// For its ways.
    pub travel: i64,
    /// For ending after the shift.
    pub overtime: i64,
    /// For windows and shift ends missed.
    pub lateness: i64,
}

impl RouteCost {
    /// All parts.
    #[inline]
    #[must_use]
    pub fn total(&self) -> i64 {
        self.fixed + self.travel + self.overtime + self.lateness
    }
}

/// The cost of a route, or the first constraint that forbids it.
///
/// Linear in the tasks, times the vehicle's breaks. That each visit is on one route only, and once,
/// is not looked at. To evaluate many routes, keep a [`Walker`].
///
/// # Errors
///
/// The first breach on the way.
///
/// # Panics
///
/// If the vehicle, a visit, a place or a profile does not exist.
pub fn evaluate(problem: &Problem, vehicle: u32, tasks: &[Task]) -> Result<RouteCost, Breach> {
    Walker::new(&Rules::new(problem)).evaluate(vehicle, tasks)
}

/// As [`evaluate`], of tasks that are kept in some other way than in a slice.
///
/// # Errors
///
/// The first breach on the way.
///
/// # Panics
///
/// If the vehicle, a visit, a place or a profile does not exist.
pub fn evaluate_iter<I>(problem: &Problem, vehicle: u32, tasks: I) -> Result<RouteCost, Breach>
where
    I: Iterator<Item = Task> + Clone,
{
    Walker::new(&Rules::new(problem)).evaluate_iter(vehicle, tasks)
}

/// Walks along many routes of one problem, with memory of its own that it uses again: no walk
/// allocates. One for each thread.
#[derive(Clone, Debug)]
pub struct Walker<'r> {
    rules: &'r Rules<'r>,
    /// Index `i` is the trip on which visit `i` was collected last.
    collected: Vec<u64>,
    /// Trips so far, of all walks.
    trips: u64,
    /// Whether a shipment may be left on board.
    lenient: bool,
    memory: Memory,
}

impl<'r> Walker<'r> {
    /// A walker by these rules.
    #[must_use]
    pub fn new(rules: &'r Rules<'r>) -> Self {
        let shipped =
            if rules.problem.shipments.is_empty() { 0 } else { rules.problem.visits.len() };
        let collected = vec![0; shipped];
        Self { rules, collected, trips: 0, lenient: false, memory: Memory::default() }
    }

    /// A walker that does not mind shipments that are collected and not yet handed over, as on a
    /// route under construction whose first tasks are frozen.
    pub(super) fn lenient(rules: &'r Rules<'r>) -> Self {
        Self { lenient: true, ..Self::new(rules) }
    }

    /// See [`evaluate()`].
    ///
    /// # Errors
    ///
    /// The first breach on the way.
    pub fn evaluate(&mut self, vehicle: u32, tasks: &[Task]) -> Result<RouteCost, Breach> {
        self.evaluate_iter(vehicle, tasks.iter().copied())
    }

    /// See [`evaluate_iter()`].
    ///
    /// # Errors
    ///
    /// The first breach on the way.
    pub fn evaluate_iter<I>(&mut self, vehicle: u32, tasks: I) -> Result<RouteCost, Breach>
    where
        I: Iterator<Item = Task> + Clone,
    {
        let settings = &self.rules.problem.vehicles[vehicle as usize];
        if settings.frozen > 0 {
            self.check_frozen(vehicle, tasks.clone())?;
        }
        if tasks.clone().next().is_none() {
            return Ok(RouteCost::default());
        }
        let earliest = i64::from(settings.earliest);
        let (travel, finish) = self.run(vehicle, tasks.clone(), earliest)?;
        if let Some(most) = settings.limits.duration
            && finish.ends - i64::from(most) > earliest
        {
            self.check_duration(vehicle, tasks, &finish, i64::from(most))?;
        }
        let Finish { overtime, lateness, .. } = finish;
        Ok(RouteCost { fixed: settings.costs.fixed, travel, overtime, lateness })
    }

    /// How well a route that sets off at a moment or later ends: what its time costs, and when it
    /// ends. The frozen tasks are not looked at.
    pub(super) fn rank(&mut self, vehicle: u32, tasks: &[Task], from: i64) -> Option<(i64, i64)> {
        let (_, finish) = self.run(vehicle, tasks.iter().copied(), from).ok()?;
        Some(finish.rank())
    }

    /// The first tasks have to be those that are frozen.
    fn check_frozen<I>(&self, vehicle: u32, tasks: I) -> Result<(), Breach>
    where
        I: Iterator<Item = Task>,
    {
        let problem = self.rules.problem;
        let frozen = problem.vehicles[vehicle as usize].frozen as usize;
        let initial = problem.initial.get(vehicle as usize).map_or(&[][..], Vec::as_slice);
        let kept = initial.iter().take(frozen);
        let same = tasks.zip(kept.clone()).take_while(|(task, kept)| task == *kept).count();
        if same == kept.len() {
            return Ok(());
        }
        Err(Breach { at: u32::try_from(same).ok(), what: Constraint::Frozen })
    }

    /// A route that sets off as late as its duration demands must not end later, nor cost more.
    fn check_duration<I>(
        &mut self,
        vehicle: u32,
        tasks: I,
        finish: &Finish,
        most: i64,
    ) -> Result<(), Breach>
    where
        I: Iterator<Item = Task> + Clone,
    {
        match self.run(vehicle, tasks, finish.ends - most) {
            Ok((_, later)) if later.rank() == finish.rank() => Ok(()),
            _ => Err(Breach { at: None, what: Constraint::Duration }),
        }
    }

    /// Walks along a route that sets off at a moment: the cost of its ways, and how it ends.
    fn run<I>(&mut self, vehicle: u32, tasks: I, from: i64) -> Result<(i64, Finish), Breach>
    where
        I: Iterator<Item = Task> + Clone,
    {
        let breaks = &self.rules.problem.vehicles[vehicle as usize].breaks;
        if breaks.is_empty() {
            return Walk::new(
                self.rules,
                vehicle,
                Plain::at(from),
                &mut self.collected,
                &mut self.trips,
            )
            .go(tasks, self.lenient);
        }
        let clock = Labels::at(from, breaks, named(tasks.clone()), &mut self.memory);
        Walk::new(self.rules, vehicle, clock, &mut self.collected, &mut self.trips)
            .go(tasks, self.lenient)
    }
}

/// The first break that tasks name.
fn named(mut tasks: impl Iterator<Item = Task>) -> Option<u32> {
    tasks.find_map(|task| if let Task::Break(index) = task { Some(index) } else { None })
}

/// One walk.
struct Walk<'a, C> {
    rules: &'a Rules<'a>,
    index: u32,
    vehicle: &'a Vehicle,
    ways: &'a Travel,
    clock: C,
    collected: &'a mut [u64],
    trips: &'a mut u64,
    /// The stop before.
    place: Option<u32>,
    trip: Trip,
    /// Loaded at the hub for all of the trip. Only kept where the clock weighs.
    loaded: Load,
    /// Shipments on board, and whether they may stay there.
    open: u32,
    lenient: bool,
    visits: u32,
    hub_calls: u32,
    /// Seconds, metres, and what they cost.
    travel: i64,
    distance: i64,
    cost: i64,
}

impl<'a, C: Clock> Walk<'a, C> {
    fn new(
        rules: &'a Rules<'a>,
        index: u32,
        clock: C,
        collected: &'a mut [u64],
        trips: &'a mut u64,
    ) -> Self {
        let vehicle = &rules.problem.vehicles[index as usize];
        *trips += 1;
        Self {
            rules,
            index,
            vehicle,
            ways: &rules.problem.travel[vehicle.profile as usize],
            clock,
            collected,
            trips,
            place: vehicle.start,
            trip: Trip::START,
            loaded: EMPTY,
            open: 0,
            lenient: false,
            visits: 0,
            hub_calls: 0,
            travel: 0,
            distance: 0,
            cost: 0,
        }
    }

    fn go<I>(mut self, mut tasks: I, lenient: bool) -> Result<(i64, Finish), Breach>
    where
        I: Iterator<Item = Task> + Clone,
    {
        self.lenient = lenient;
        self.load(&tasks);
        let mut at = 0;
        while let Some(task) = tasks.next() {
            let step = match task {
                Task::Visit(visit) => self.visit(visit),
                Task::Hub => self.hub().map(|()| self.load(&tasks)),
                Task::Break(index) => self.clock.pin(index, named(tasks.clone())),
            };
            step.map_err(|what| Breach { at: Some(at), what })?;
            at += 1;
        }
        let finish = self.end().map_err(|what| Breach { at: None, what })?;
        Ok((self.cost, finish))
    }

    /// Loads at the hub what the visits before the next call are brought.
    #[inline]
    fn load<I>(&mut self, tasks: &I)
    where
        I: Iterator<Item = Task> + Clone,
    {
        if self.clock.weighs() {
            self.loaded = loaded(self.rules, tasks.clone());
        }
    }

    #[inline]
    fn visit(&mut self, visit: u32) -> Result<(), Constraint> {
        let rules = self.rules;
        if !rules.is_open_to(self.index, visit) {
            return Err(Constraint::Vehicle);
        }
        if !rules.is_skilled(self.index, visit) {
            return Err(Constraint::Skill);
        }
        self.visits += 1;
        if self.vehicle.limits.stops.is_some_and(|most| self.visits > most) {
            return Err(Constraint::Stops);
        }
        let stop = rules.stop(visit);
        self.keep_precedence(visit, stop)?;
        let gap = self.gap(stop.place, i64::from(stop.release))?;
        let stay = stay(stop, self.place);
        let call = Call { opening: rules.opening(stop), stay, lateness: rules.problem.lateness };
        self.clock.call(&gap, &call).map_err(|missed| match missed {
            Missed::Late(by) => Constraint::TimeWindow { by },
            Missed::Break(index) => Constraint::Break { index },
        })?;
        self.place = Some(stop.place);
        let capacity = &self.vehicle.capacity;
        if stop.end == End::No {
            self.trip.visit(&stop.delivery, &stop.pickup, capacity)
        } else {
            self.trip.shipment(&stop.delivery, &stop.pickup, capacity)
        }
    }

    /// A shipment is handed over on the trip on which it was collected.
    #[inline]
    fn keep_precedence(&mut self, visit: u32, stop: &Stop) -> Result<(), Constraint> {
        match stop.end {
            End::No => {}
            End::Pickup => {
                self.collected[visit as usize] = *self.trips;
                self.open += 1;
            }
            End::Delivery => {
                let collected = &mut self.collected[stop.partner as usize];
                if std::mem::take(collected) != *self.trips {
                    return Err(Constraint::Precedence);
                }
                self.open -= 1;
            }
        }
        Ok(())
    }

    fn hub(&mut self) -> Result<(), Constraint> {
        let hub = self.vehicle.hub_returns.ok_or(Constraint::HubReturns)?;
        self.hub_calls += 1;
        if self.hub_calls > hub.most {
            return Err(Constraint::HubReturns);
        }
        self.end_trip()?;
        let gap = self.gap(hub.place, i64::MIN)?;
        let call = hub_call(&hub, self.rules.problem.lateness);
        self.clock.call(&gap, &call).map_err(|missed| match missed {
            Missed::Late(by) => Constraint::HubWindow { by },
            Missed::Break(index) => Constraint::Break { index },
        })?;
        self.place = Some(hub.place);
        self.trip = Trip::START;
        *self.trips += 1;
        Ok(())
    }

    fn end(&mut self) -> Result<Finish, Constraint> {
        self.end_trip()?;
        let shift = ShiftEnd::of(self.vehicle, self.rules.problem.lateness);
        let gap = self.vehicle.end.map(|end| self.gap(end, i64::MIN)).transpose()?;
        self.clock.finish(gap.as_ref(), &shift)
    }

    /// Nothing that was collected for somebody is still on board.
    fn end_trip(&self) -> Result<(), Constraint> {
        if self.open > 0 && !self.lenient { Err(Constraint::Precedence) } else { Ok(()) }
    }

    /// The way to the next place, with its cost.
    #[inline]
    fn gap(&mut self, to: u32, release: i64) -> Result<Gap, Constraint> {
        let travel = match self.place {
            Some(from) => self.way(from, to)?,
            None => 0,
        };
        let mut load = self.loaded;
        if self.clock.weighs() {
            for (d, load) in load.iter_mut().enumerate() {
                *load += self.trip.now[d] - self.trip.out[d];
            }
        }
        Ok(Gap { travel, release, load })
    }

    #[inline]
    fn way(&mut self, from: u32, to: u32) -> Result<i64, Constraint> {
        let (costs, limits) = (&self.vehicle.costs, &self.vehicle.limits);
        let travel = i64::from(self.ways.duration(from, to));
        self.travel += travel;
        if limits.travel.is_some_and(|most| self.travel > i64::from(most)) {
            return Err(Constraint::Travel);
        }
        let given = self.ways.given_cost(from, to);
        self.cost += given.map_or(costs.per_second * travel, i64::from);
        if limits.distance.is_none() && (costs.per_metre == 0 || given.is_some()) {
            return Ok(travel);
        }
        let distance = i64::from(self.ways.distance(from, to));
        self.distance += distance;
        if given.is_none() {
            self.cost += costs.per_metre * distance;
        }
        if limits.distance.is_some_and(|most| self.distance > most) {
            return Err(Constraint::Distance);
        }
        Ok(travel)
    }
}

/// Seconds at a stop: with set-up, unless the stop before is at the same place.
#[inline]
fn stay(stop: &Stop, before: Option<u32>) -> i64 {
    let setup = if before == Some(stop.place) { 0 } else { stop.setup };
    i64::from(setup) + i64::from(stop.service)
}

/// A call at the hub.
fn hub_call(hub: &HubReturns, lateness: Option<i64>) -> Call<'static> {
    const NO_MORE: &[Window] = &[];
    let opening = Opening { first: hub.window, more: NO_MORE };
    Call { opening, stay: i64::from(hub.service), lateness }
}

/// What is loaded at the hub for the tasks before the next call there.
fn loaded(rules: &Rules<'_>, tasks: impl Iterator<Item = Task>) -> Load {
    let mut loaded = EMPTY;
    for task in tasks.take_while(|task| *task != Task::Hub) {
        if let Task::Visit(visit) = task
            && rules.stop(visit).end == End::No
        {
            let delivery = &rules.stop(visit).delivery;
            loaded.iter_mut().zip(delivery).for_each(|(sum, part)| *sum += part);
        }
    }
    loaded
}
