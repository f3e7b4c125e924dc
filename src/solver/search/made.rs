//! Problems made from a seed, for the tests of the search's parts.

use super::dice::Dice;
use crate::solver::{Costs, Limits, Load, Plane, Problem, Table, Travel, Vehicle, Visit, Window};
use std::sync::Arc;

/// What a made problem is like.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) visits: u32,
    pub(super) vehicles: u32,
    /// Seconds each window is open.
    pub(super) open: u32,
    pub(super) table: bool,
    /// Vehicles differ in places, hours, capacity, skills and price.
    pub(super) mixed: bool,
}

fn visit(dice: &mut Dice, place: u32, shape: Shape) -> Visit {
    let opens = dice.below(3_000).cast_signed();
    let load = i64::from(1 + dice.below(9));
    let skilled = shape.mixed && dice.hit(0.2);
    Visit {
        place,
        windows: vec![Window { opens, closes: opens + shape.open.cast_signed() }],
        service: dice.below(60).cast_signed(),
        setup: 0,
        release: 0,
        pickup: [load, if shape.mixed { 2 } else { 0 }, 0, 0],
        delivery: Load::default(),
        skills: if skilled { vec![7] } else { Vec::new() },
        priority: 0,
        vehicle: None,
    }
}

fn vehicle(place: u32, odd: bool) -> Vehicle {
    Vehicle {
        profile: 0,
        start: Some(place),
        end: if odd { Some(1) } else { Some(0) },
        earliest: if odd { 300 } else { 0 },
        latest: if odd { 7_000 } else { 9_000 },
        overtime: None,
        capacity: [if odd { 90 } else { 120 }, 60, 0, 0],
        skills: if odd { Vec::new() } else { vec![7] },
        breaks: Vec::new(),
        hub_returns: None,
        limits: Limits::default(),
        costs: Costs { fixed: if odd { 150 } else { 80 }, per_second: 0, per_metre: 1 },
        frozen: 0,
    }
}

pub(super) fn problem(seed: u64, shape: Shape) -> Problem {
    let mut dice = Dice::new(seed, 0);
    let places = shape.visits + 2;
    let points: Vec<[f64; 2]> =
        (0..places).map(|_| [dice.unit() * 600.0, dice.unit() * 600.0]).collect();
    let plane = Plane::new(&points, 1.0);
    let travel = if shape.table {
        // Ways there and back differ, seconds are no metres, and the triangle need not hold.
        let pairs = || (0..places).flat_map(|from| (0..places).map(move |to| (from, to)));
        let mut uneven = |(from, to)| plane.length(from, to) + dice.below(80).cast_signed();
        let durations: Arc<[i32]> = pairs().map(&mut uneven).collect();
        let distances: Arc<[i32]> = pairs().map(&mut uneven).collect();
        Travel::Table(Table::new(places, durations, Some(distances), None))
    } else {
        Travel::Plane(plane)
    };
    let visits = (2..places).map(|place| visit(&mut dice, place, shape)).collect();
    let vehicles = (0..shape.vehicles).map(|v| {
        let odd = shape.mixed && v % 2 == 1;
        vehicle(u32::from(odd), odd)
    });
    let vehicles = vehicles.collect();
    Problem {
        travel: vec![travel],
        vehicles,
        visits,
        shipments: vec![],
        initial: vec![],
        lateness: None,
    }
}

/// One kind of vehicle, on a plane.
pub(super) const PLAIN: Shape =
    Shape { visits: 60, vehicles: 20, open: 600, table: false, mixed: false };
