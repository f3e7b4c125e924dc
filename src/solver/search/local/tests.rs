use super::*;
use crate::solver::search::build::{Layout, Task as FieldTask, with_field};
use crate::solver::search::made::{PLAIN, Shape, problem};
use crate::solver::{Objective, Problem, Shipment, Task, Window, evaluate};

/// Improves routes of one or two visits each, and checks what comes out with the walk.
struct Improved<'a> {
    problem: &'a Problem,
    spare: Spare,
}

impl FieldTask for Improved<'_> {
    type Answer = (Routes, i64);

    fn run<L: Legs>(self, field: &Field<L>, layout: &Layout) -> (Routes, i64) {
        let mut routes = poor_routes(self.problem, field, layout);
        let before = cost(self.problem, layout, &routes);
        let used = used(&routes);
        let mut polish = Polish::new(field, self.spare);
        let gain = polish.improve(&mut routes, None, &|| false);
        assert_eq!(before - gain, cost(self.problem, layout, &routes));
        if self.spare == Spare::Parked {
            assert!(self::used(&routes) <= used);
        }
        let mut visits: Vec<u32> = routes.of.iter().flatten().copied().collect();
        visits.extend_from_slice(&routes.absent);
        visits.sort_unstable();
        assert!(
            visits.into_iter().eq(0..field.visits),
            "each visit is where it was or on one route"
        );
        assert_eq!(polish.improve(&mut routes, None, &|| false), 0, "nothing is left to gain");
        (routes, gain)
    }
}

fn used(routes: &Routes) -> usize {
    routes.of.iter().filter(|visits| !visits.is_empty()).count()
}

fn tasks(layout: &Layout, visits: &[u32]) -> Vec<Task> {
    visits.iter().map(|&visit| Task::Visit(layout.visit_of[visit as usize])).collect()
}

fn cost(problem: &Problem, layout: &Layout, routes: &Routes) -> i64 {
    let of_route = |(vehicle, visits): (u32, &Vec<u32>)| {
        let walked = evaluate(problem, vehicle, &tasks(layout, visits));
        walked.unwrap_or_else(|breach| panic!("route {vehicle} {visits:?}: {breach:?}")).total()
    };
    (0..).zip(&routes.of).map(of_route).sum()
}

/// Each visit at the end of the first route that takes it.
fn poor_routes<L: Legs>(problem: &Problem, field: &Field<L>, layout: &Layout) -> Routes {
    let mut routes = Routes { of: vec![Vec::new(); field.vehicles() as usize], absent: vec![] };
    let mut order: Vec<u32> = (0..field.visits).collect();
    order.sort_by_key(|&visit| (field.sites[visit as usize].opens, visit));
    for visit in order {
        let fits = |&(vehicle, visits): &(u32, &Vec<u32>)| {
            let longer: Vec<u32> = visits.iter().copied().chain([visit]).collect();
            evaluate(problem, vehicle, &tasks(layout, &longer)).is_ok()
        };
        match (0..).zip(&routes.of).find(fits).map(|(vehicle, _)| vehicle) {
            Some(vehicle) => routes.of[vehicle as usize].push(visit),
            None => routes.absent.push(visit),
        }
    }
    routes
}

fn improve(seed: u64, shape: Shape, spare: Spare) -> (Routes, i64) {
    let problem = problem(seed, shape);
    with_field(&problem, Objective::Distance, Improved { problem: &problem, spare })
}

#[test]
fn what_is_improved_is_feasible_and_costs_what_it_says() {
    for seed in 0..20 {
        for open in [100, 600, 5_000] {
            let (_, gain) = improve(seed, Shape { open, ..PLAIN }, Spare::Usable);
            assert!(gain > 0, "seed {seed}: routes in order of windows are poor");
        }
    }
}

#[test]
fn uneven_ways_and_mixed_fleets_are_kept() {
    for seed in 0..20 {
        for (table, mixed) in [(true, false), (false, true), (true, true)] {
            let shape = Shape { table, mixed, open: 1_500, ..PLAIN };
            improve(seed, shape, Spare::Usable);
            improve(seed, shape, Spare::Parked);
        }
    }
}

/// Makes each change that one operator proposes to the same poor routes.
struct Proposed<'a> {
    problem: &'a Problem,
    operator: &'static str,
}

impl FieldTask for Proposed<'_> {
    type Answer = usize;

    fn run<L: Legs>(self, field: &Field<L>, layout: &Layout) -> usize {
        let routes = poor_routes(self.problem, field, layout);
        let before = cost(self.problem, layout, &routes);
        let polish = || {
            let mut polish = Polish::new(field, Spare::Usable);
            polish.take_up(&routes, None);
            polish
        };
        let changes = changes(&polish().tours, self.operator);
        for change in &changes {
            let mut tours = polish().tours;
            tours.apply(change);
            let of = (0..field.vehicles()).map(|route| tours.visits(route).collect()).collect();
            let after = cost(self.problem, layout, &Routes { of, absent: vec![] });
            assert_eq!(before - after, change.gain, "{}: {change:?}", self.operator);
        }
        changes.len()
    }
}

fn changes<L: Legs>(tours: &Tours<'_, L>, operator: &str) -> Vec<Change> {
    let field = tours.field;
    if operator == "exchange" {
        let mut exchange = Exchange::default();
        let pairs = (0..field.vehicles()).flat_map(|one| (0..one).map(move |other| [one, other]));
        let used = |routes: &[u32; 2]| routes.iter().all(|&route| !tours.is_empty(route));
        return pairs.filter(used).filter_map(|routes| exchange.best(tours, routes)).collect();
    }
    let visits = || (0..field.visits).filter(|&visit| tours.is_free(visit));
    let starts = (0..field.vehicles()).filter(|&route| tours.is_empty(route));
    let starts = starts.map(|route| field.start(route)).take(2);
    let before: Vec<u32> = match operator {
        "relocate" | "tails" => visits().chain(starts).collect(),
        _ => visits().collect(),
    };
    let pairs = before.iter().flat_map(|&p| visits().map(move |u| (p, u)));
    let pairs = pairs.filter(|&(p, u)| p != u && tours.next(p) != u);
    let propose = |(p, u)| match operator {
        "relocate" => relocate(tours, p, u),
        "swap" => swap(tours, p, u),
        "tails" => tails(tours, p, u),
        _ => reverse(tours, p, u),
    };
    pairs.filter_map(propose).collect()
}

#[test]
fn each_operator_proposes_what_is_feasible_and_gains_what_it_says() {
    for operator in ["relocate", "swap", "tails", "reverse", "exchange"] {
        let mut found = 0;
        for seed in 0..6 {
            for (table, mixed, open) in [(false, false, 900), (true, true, 5_000)] {
                let shape = Shape { visits: 30, vehicles: 12, open, table, mixed };
                let problem = problem(seed, shape);
                found += with_field(
                    &problem,
                    Objective::Distance,
                    Proposed { problem: &problem, operator },
                );
            }
        }
        assert!(found > 10, "{operator} found {found} changes");
    }
}

/// What a field's routes become where only some of them were touched.
struct Touched<'a> {
    problem: &'a Problem,
    touched: &'a [u32],
}

impl FieldTask for Touched<'_> {
    type Answer = [Routes; 2];

    fn run<L: Legs>(self, field: &Field<L>, layout: &Layout) -> [Routes; 2] {
        let before = poor_routes(self.problem, field, layout);
        let mut after = before.clone();
        let mut polish = Polish::new(field, Spare::Parked);
        polish.improve(&mut after, Some(self.touched), &|| false);
        [before, after]
    }
}

#[test]
fn nothing_is_tried_where_nothing_was_touched() {
    let problem = problem(1, PLAIN);
    let [before, after] =
        with_field(&problem, Objective::Distance, Touched { problem: &problem, touched: &[] });
    assert_eq!(before.of, after.of);
    let [before, after] =
        with_field(&problem, Objective::Distance, Touched { problem: &problem, touched: &[0] });
    assert_ne!(before.of[0], after.of[0]);
}

#[test]
fn routes_with_shipments_are_left_alone() {
    let mut problem = problem(2, Shape { open: 5_000, ..PLAIN });
    // Ends that nobody else would want: the first route is the shipment's.
    let load = [1, 0, 0, 0];
    for (visit, opens) in [(0, -20), (1, -10)] {
        problem.visits[visit].windows = vec![Window { opens, closes: 9_000 }];
        (problem.visits[visit].pickup, problem.visits[visit].delivery) = match visit {
            0 => (load, [0; 4]),
            _ => ([0; 4], load),
        };
    }
    problem.shipments = vec![Shipment { pickup: 0, delivery: 1 }];
    let [before, after] = with_field(&problem, Objective::Distance, Shipped);
    assert_eq!(before.of[0], after.of[0]);
    assert_ne!(before.of, after.of);
}

/// The same from routes of which the first has the shipment of the visits 0 and 1.
struct Shipped;

impl FieldTask for Shipped {
    type Answer = [Routes; 2];

    fn run<L: Legs>(self, field: &Field<L>, _: &Layout) -> [Routes; 2] {
        let mut before = Routes { of: vec![Vec::new(); field.vehicles() as usize], absent: vec![] };
        before.of[0] = vec![0, 2, 1];
        for (visit, route) in (3..field.visits).zip((1..field.vehicles()).cycle()) {
            before.of[route as usize].push(visit);
        }
        for visits in &mut before.of[1..] {
            visits.sort_by_key(|&visit| field.sites[visit as usize].opens);
        }
        let mut after = before.clone();
        let mut polish = Polish::new(field, Spare::Usable);
        polish.improve(&mut after, None, &|| false);
        [before, after]
    }
}
