//! Travel between the rows of a [`super::field::Field`]: a grid where one fits, coordinates else.

use crate::solver::{Plane, Sphere, Travel};

/// Rows up to which a grid of all pairs is kept: 9 MB for each table.
pub(super) const GRID_ROWS: usize = 1_500;

/// A row without a place: an open start or end. Nothing is travelled to it or from it.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Seconds and cost between rows.
pub(super) trait Legs: Sync {
    /// Whether cost and time are one number.
    const SAME: bool;

    /// Whether the way back is the same.
    const SYMMETRIC: bool = false;

    /// Seconds.
    fn time(&self, from: u32, to: u32) -> i32;

    /// Cost.
    fn cost(&self, from: u32, to: u32) -> i32;

    /// Seconds where they are no more than `most`, which is often told sooner.
    #[inline]
    fn time_within(&self, from: u32, to: u32, most: i32) -> Option<i32> {
        let time = if most < 0 { return None } else { self.time(from, to) };
        (time <= most).then_some(time)
    }
}

/// All pairs, cost and time alike.
pub(super) struct Grid {
    rows: usize,
    cells: Vec<i32>,
}

impl Grid {
    pub(super) fn of(rows: usize, cell: impl Fn(u32, u32) -> i32) -> Self {
        let indices = 0..u32::try_from(rows).unwrap_or(u32::MAX);
        let cells = indices.clone().flat_map(|from| indices.clone().map(move |to| (from, to)));
        Self { rows, cells: cells.map(|(from, to)| cell(from, to)).collect() }
    }
}

impl Legs for Grid {
    const SAME: bool = true;

    #[inline]
    fn time(&self, from: u32, to: u32) -> i32 {
        self.cells[from as usize * self.rows + to as usize]
    }

    #[inline]
    fn cost(&self, from: u32, to: u32) -> i32 {
        self.time(from, to)
    }
}

/// All pairs, time and cost apart.
pub(super) struct Grids {
    pub(super) time: Grid,
    pub(super) cost: Grid,
}

impl Legs for Grids {
    const SAME: bool = false;

    #[inline]
    fn time(&self, from: u32, to: u32) -> i32 {
        self.time.time(from, to)
    }

    #[inline]
    fn cost(&self, from: u32, to: u32) -> i32 {
        self.cost.time(from, to)
    }
}

/// Straight lines on a plane: computed sooner than fetched from a grid beyond the cache.
pub(super) struct Flat {
    plane: Plane,
}

impl Flat {
    pub(super) fn new(plane: &Plane, places: &[u32]) -> Self {
        Self { plane: plane.at(places) }
    }
}

impl Legs for Flat {
    const SAME: bool = true;
    const SYMMETRIC: bool = true;

    #[inline]
    fn time(&self, from: u32, to: u32) -> i32 {
        self.plane.length(from, to)
    }

    #[inline]
    fn time_within(&self, from: u32, to: u32, most: i32) -> Option<i32> {
        self.plane.length_within(from, to, most)
    }

    #[inline]
    fn cost(&self, from: u32, to: u32) -> i32 {
        self.time(from, to)
    }
}

/// Great circles whose seconds are the cost.
pub(super) struct Globe {
    sphere: Sphere,
}

impl Globe {
    pub(super) fn new(sphere: &Sphere, places: &[u32]) -> Self {
        Self { sphere: sphere.at(places) }
    }
}

impl Legs for Globe {
    const SAME: bool = true;
    const SYMMETRIC: bool = true;

    #[inline]
    fn time(&self, from: u32, to: u32) -> i32 {
        self.sphere.duration(from, to)
    }

    #[inline]
    fn time_within(&self, from: u32, to: u32, most: i32) -> Option<i32> {
        self.sphere.duration_within(from, to, most)
    }

    #[inline]
    fn cost(&self, from: u32, to: u32) -> i32 {
        self.time(from, to)
    }
}

/// Anything else: asked for each pair.
pub(super) struct Asked<'a> {
    pub(super) travel: &'a Travel,
    /// Other vehicles' profiles: the shortest time counts.
    pub(super) others: Vec<&'a Travel>,
    pub(super) places: &'a [u32],
    pub(super) tariff: Tariff,
}

impl Asked<'_> {
    pub(super) fn time_of(&self, from: u32, to: u32) -> i32 {
        match (self.places[from as usize], self.places[to as usize]) {
            (NOWHERE, _) | (_, NOWHERE) => 0,
            (from, to) => {
                let first = self.travel.duration(from, to);
                self.others.iter().map(|other| other.duration(from, to)).fold(first, i32::min)
            }
        }
    }

    pub(super) fn cost_of(&self, from: u32, to: u32) -> i32 {
        match (self.places[from as usize], self.places[to as usize]) {
            (NOWHERE, _) | (_, NOWHERE) => 0,
            (from, to) => self.tariff.cost(self.travel, from, to),
        }
    }
}

impl Legs for Asked<'_> {
    const SAME: bool = false;

    fn time(&self, from: u32, to: u32) -> i32 {
        self.time_of(from, to)
    }

    fn cost(&self, from: u32, to: u32) -> i32 {
        self.cost_of(from, to)
    }
}

/// What a leg costs the search: the problem's cost, divided where that does not fit 31 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tariff {
    pub(super) per_second: i64,
    pub(super) per_metre: i64,
    pub(super) divisor: i64,
}

impl Tariff {
    pub(super) fn full(&self, travel: &Travel, from: u32, to: u32) -> i64 {
        if let Some(cost) = travel.given_cost(from, to) {
            return i64::from(cost);
        }
        let (seconds, metres) = (travel.duration(from, to), travel.distance(from, to));
        self.per_second * i64::from(seconds) + self.per_metre * i64::from(metres)
    }

    pub(super) fn cost(&self, travel: &Travel, from: u32, to: u32) -> i32 {
        i32::try_from(self.full(travel, from, to) / self.divisor).unwrap_or(i32::MAX / 4)
    }
}
