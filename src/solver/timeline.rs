//! When a vehicle is where, and with what on board.

mod course;
mod crossing;

use super::{Break, Load, Problem, Rules, Task, Walker};
use course::Course;

/// What a step of a timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// Setting off.
    Start,
    /// A visit, a call at the hub or a break.
    Task(Task),
    /// The end of the route.
    End,
}

/// One step of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub kind: StepKind,
    /// Where; `None`: a break on the way. Without a start or an end of its own a route starts at
    /// its first stop and ends at its last.
    pub place: Option<u32>,
    /// Seconds on the way from the step before.
    pub travel: i32,
    /// Metres on the way from the step before.
    pub distance: i32,
    /// When it is reached.
    pub arrival: i32,
    /// When it begins, set-up first, after waiting.
    pub start: i32,
    /// Seconds of set-up.
    pub setup: i32,
    /// Seconds of service, or of the break.
    pub service: i32,
    /// On board on leaving.
    pub load: Load,
}

impl Step {
    /// When it is over.
    #[must_use]
    pub fn ends(&self) -> i32 {
        self.start.saturating_add(self.setup).saturating_add(self.service)
    }
}

/// The steps of a route: its start, its tasks with all breaks in between, its end.
///
/// Breaks are where [`super::evaluate()`] takes them, each in the first place that is as good as
/// any other. The vehicle sets off as late as it can without beginning any later step later; where
/// the length of its day is limited, and only if it must, so late that some steps begin later, but
/// the route does not end later or cost more.
///
/// A route that is not feasible has a timeline too: windows that cannot be met are met as soon as
/// can be. No tasks, no steps. Quadratic in the tasks for vehicles with breaks.
///
/// # Panics
///
/// If the vehicle, a visit, a place or a profile does not exist.
#[must_use]
pub fn timeline(problem: &Problem, vehicle: u32, tasks: &[Task]) -> Vec<Step> {
    timeline_by(&Rules::new(problem), vehicle, tasks)
}

/// As [`timeline()`], by rules that are prepared: linear in the route, where that is linear in the
/// problem.
///
/// # Panics
///
/// If the vehicle, a visit, a place or a profile does not exist.
#[must_use]
pub fn timeline_by(rules: &Rules<'_>, vehicle: u32, tasks: &[Task]) -> Vec<Step> {
    if tasks.is_empty() {
        return Vec::new();
    }
    let mut planner = Planner { walker: Walker::new(rules), rules, vehicle };
    let settings = &rules.problem().vehicles[vehicle as usize];
    let steps = planner.steps(tasks, i64::from(settings.earliest));
    let (Some(start), Some(end)) = (steps.first(), steps.last()) else { return steps };
    match settings.limits.duration {
        Some(most) if end.start - start.start > most => {
            let from = i64::from(end.start - most);
            let is_feasible = planner.walker.evaluate(vehicle, tasks).is_ok();
            if is_feasible { planner.steps(tasks, from) } else { steps }
        }
        _ => steps,
    }
}

/// Places the breaks of one vehicle.
struct Planner<'r> {
    walker: Walker<'r>,
    rules: &'r Rules<'r>,
    vehicle: u32,
}

impl Planner<'_> {
    /// The steps of a route that may set off from a moment on.
    fn steps(&mut self, tasks: &[Task], from: i64) -> Vec<Step> {
        let tasks = self.with_breaks(tasks, from);
        let course = Course::new(self.rules, self.vehicle, &tasks);
        let steps = course.steps(from);
        let Some(first) = steps.get(1) else { return steps };
        if !matches!(first.kind, StepKind::Task(Task::Break(_))) {
            return course.steps(i64::from(first.start - first.travel).max(from));
        }
        // A break first: it may be waited for at the start, or on the way.
        let is_late = |steps: &[Step], other: &[Step]| {
            steps.iter().zip(other).skip(1).any(|(step, other)| step.start > other.start)
        };
        let (mut best, mut low, mut high) = (steps.clone(), from, i64::from(first.start));
        while low < high {
            let middle = low + (high - low + 1) / 2;
            let tried = course.steps(middle);
            if is_late(&tried, &steps) {
                high = middle - 1;
            } else {
                (best, low) = (tried, middle);
            }
        }
        best
    }

    /// The tasks with every break of the vehicle among them.
    fn with_breaks(&mut self, tasks: &[Task], from: i64) -> Vec<Task> {
        let breaks: &[Break] = &self.rules.problem().vehicles[self.vehicle as usize].breaks;
        let is_known = |task: &Task| !matches!(task, Task::Break(b) if *b as usize >= breaks.len());
        let mut placed: Vec<Task> = tasks.iter().copied().filter(is_known).collect();
        let aim = self.walker.rank(self.vehicle, &placed, from);
        let mut first = 0;
        for index in (0..).take(breaks.len()) {
            let task = Task::Break(index);
            let at = placed.iter().position(|other| *other == task).unwrap_or_else(|| {
                let at = match aim {
                    Some(aim) => self.place_as_good_as(aim, &mut placed, first, task, from),
                    None => None,
                };
                let at =
                    at.unwrap_or_else(|| self.least_late_place(&mut placed, first, task, from));
                placed.insert(at, task);
                at
            });
            first = at + 1;
        }
        placed
    }

    /// The first place for a break at which the route ends as well as it can.
    fn place_as_good_as(
        &mut self,
        aim: (i64, i64),
        tasks: &mut Vec<Task>,
        first: usize,
        task: Task,
        from: i64,
    ) -> Option<usize> {
        (first..=tasks.len()).find(|&at| {
            tasks.insert(at, task);
            let rank = self.walker.rank(self.vehicle, tasks, from);
            tasks.remove(at);
            rank == Some(aim)
        })
    }

    /// Where a break of a route that is not feasible does the least harm.
    fn least_late_place(
        &self,
        tasks: &mut Vec<Task>,
        first: usize,
        task: Task,
        from: i64,
    ) -> usize {
        let has_end = self.rules.problem().vehicles[self.vehicle as usize].end.is_some();
        let last = if has_end { tasks.len() } else { tasks.len() - 1 };
        let late = |at: &usize| {
            tasks.insert(*at, task);
            let late = Course::new(self.rules, self.vehicle, tasks).seconds_late(from);
            tasks.remove(*at);
            late
        };
        (first..=last.max(first)).min_by_key(late).unwrap_or(first)
    }
}
