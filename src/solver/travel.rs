//! Travel from place to place: straight lines from coordinates, or tables.

use std::sync::Arc;

/// The Earth's mean radius in metres.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Seconds and metres from each place to each other.
#[derive(Clone, Debug)]
pub enum Travel {
    /// Euclid's plane: duration and distance are the same number.
    Plane(Plane),
    /// Great circles, a detour factor and a speed.
    Sphere(Sphere),
    /// Numbers for each ordered pair.
    Table(Table),
}

impl Travel {
    /// Seconds from one place to another.
    #[inline]
    #[must_use]
    pub fn duration(&self, from: u32, to: u32) -> i32 {
        match self {
            Self::Plane(plane) => plane.length(from, to),
            Self::Sphere(sphere) => sphere.duration(from, to),
            Self::Table(table) => table.duration(from, to),
        }
    }

    /// Metres from one place to another.
    #[inline]
    #[must_use]
    pub fn distance(&self, from: u32, to: u32) -> i32 {
        match self {
            Self::Plane(plane) => plane.length(from, to),
            Self::Sphere(sphere) => sphere.distance(from, to),
            Self::Table(table) => table.distance(from, to),
        }
    }

    /// The cost from one place to another where a table gives costs of its own.
    #[inline]
    #[must_use]
    pub fn given_cost(&self, from: u32, to: u32) -> Option<i32> {
        match self {
            Self::Table(table) => table.costs.as_ref().map(|costs| costs[table.at(from, to)]),
            Self::Plane(_) | Self::Sphere(_) => None,
        }
    }

    /// A place on a plane, for what is near what: any unit. `None` where only a table is known.
    pub(super) fn plane_point(&self, place: u32) -> Option<[f64; 2]> {
        match self {
            Self::Plane(flat) => Some(flat.points[place as usize]),
            Self::Sphere(sphere) => Some(sphere.plane_point(place)),
            Self::Table(_) => None,
        }
    }

    /// Places known.
    #[must_use]
    pub fn places(&self) -> usize {
        match self {
            Self::Plane(plane) => plane.points.len(),
            Self::Sphere(sphere) => sphere.points.len(),
            Self::Table(table) => table.places as usize,
        }
    }
}

/// Points on a plane.
#[derive(Clone, Debug)]
pub struct Plane {
    points: Arc<[[f64; 2]]>,
    scale: f64,
}

impl Plane {
    /// Lengths are counted in `1 / scale` of the coordinates' unit, rounded.
    #[must_use]
    pub fn new(points: &[[f64; 2]], scale: f64) -> Self {
        Self { points: points.into(), scale }
    }

    /// The same plane with some of the points, renumbered.
    pub(super) fn at(&self, places: &[u32]) -> Self {
        let points = places.iter().map(|&place| self.points[place as usize]).collect();
        Self { points, scale: self.scale }
    }

    /// The straight line between two points, rounded.
    #[inline]
    #[must_use]
    pub fn length(&self, from: u32, to: u32) -> i32 {
        self.length_of(self.square(from, to))
    }

    /// The length where it is no more than `most`, which the square alone often tells.
    #[inline]
    pub(super) fn length_within(&self, from: u32, to: u32, most: i32) -> Option<i32> {
        let square = self.square(from, to);
        let reach = (f64::from(most) + 1.0) / self.scale;
        if most < 0 || square > reach * reach {
            return None;
        }
        Some(self.length_of(square)).filter(|&length| length <= most)
    }

    #[inline]
    fn square(&self, from: u32, to: u32) -> f64 {
        let (a, b) = (self.points[from as usize], self.points[to as usize]);
        let (x, y) = (a[0] - b[0], a[1] - b[1]);
        x * x + y * y
    }

    #[expect(clippy::cast_possible_truncation, reason = "readers refuse coordinates that large")]
    #[inline]
    fn length_of(&self, square: f64) -> i32 {
        (square.sqrt() * self.scale + 0.5) as i32
    }
}

/// How a great circle becomes a way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LegRule {
    /// Road metres for each straight metre.
    pub detour: f64,
    /// The same for legs shorter than `short_below_m`.
    pub short_detour: f64,
    /// Straight legs below this length count as short.
    pub short_below_m: f64,
    /// Seconds added to each leg.
    pub overhead_s: i32,
    /// Speed on the road.
    pub metres_per_second: f64,
}

/// Points on the Earth.
#[derive(Clone, Debug)]
pub struct Sphere {
    points: Arc<[[f64; 3]]>,
    rule: LegRule,
    /// Seconds for each straight metre, long legs and short ones.
    pace: [f64; 2],
    /// The longest chord of the unit sphere that may be gone in a second.
    chord_per_s: f64,
}

impl Sphere {
    /// Points as longitude and latitude in degrees.
    #[must_use]
    pub fn new(degrees: &[[f64; 2]], rule: LegRule) -> Self {
        let points = degrees.iter().map(|&[lon, lat]| {
            let ((sin_lon, cos_lon), (sin_lat, cos_lat)) =
                (lon.to_radians().sin_cos(), lat.to_radians().sin_cos());
            [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
        });
        let pace = [rule.detour, rule.short_detour].map(|detour| detour / rule.metres_per_second);
        let chord_per_s = 1.0 / (EARTH_RADIUS_M * pace[0].min(pace[1]));
        Self { points: points.collect(), rule, pace, chord_per_s }
    }

    /// The same rule between some of the places, renumbered.
    pub(super) fn at(&self, places: &[u32]) -> Self {
        let points = places.iter().map(|&place| self.points[place as usize]).collect();
        Self { points, ..self.clone() }
    }

    /// Degrees east, shortened as the middle of all places is, and degrees north.
    fn plane_point(&self, place: u32) -> [f64; 2] {
        let [x, y, z] = self.points[place as usize];
        let middle = self.points[self.points.len() / 2];
        let east = y.atan2(x).to_degrees() * (1.0 - middle[2] * middle[2]).sqrt();
        [east, z.clamp(-1.0, 1.0).asin().to_degrees()]
    }

    /// Metres on the great circle.
    #[inline]
    #[must_use]
    pub fn straight_m(&self, from: u32, to: u32) -> f64 {
        EARTH_RADIUS_M * arc_of_chord_squared(self.chord_squared(from, to))
    }

    #[inline]
    pub(super) fn duration(&self, from: u32, to: u32) -> i32 {
        if from == to { 0 } else { self.duration_of(self.chord_squared(from, to)) }
    }

    /// The duration where it is no more than `most`, which the square of the chord alone often tells.
    #[inline]
    pub(super) fn duration_within(&self, from: u32, to: u32, most: i32) -> Option<i32> {
        let square = self.chord_squared(from, to);
        let reach = (f64::from(most) + 1.0) * self.chord_per_s;
        if most < 0 || square > reach * reach {
            return None;
        }
        let duration = if from == to { 0 } else { self.duration_of(square) };
        Some(duration).filter(|&duration| duration <= most)
    }

    #[inline]
    fn chord_squared(&self, from: u32, to: u32) -> f64 {
        let (here, there) = (self.points[from as usize], self.points[to as usize]);
        let (x, y, z) = (here[0] - there[0], here[1] - there[1], here[2] - there[2]);
        x * x + y * y + z * z
    }

    #[expect(clippy::cast_possible_truncation, reason = "half the Earth's girth fits")]
    #[inline]
    fn duration_of(&self, square: f64) -> i32 {
        let straight = EARTH_RADIUS_M * arc_of_chord_squared(square);
        let pace = self.pace[usize::from(straight < self.rule.short_below_m)];
        (straight * pace + 0.5) as i32 + self.rule.overhead_s
    }

    #[expect(clippy::cast_possible_truncation, reason = "half the Earth's girth fits")]
    #[inline]
    fn distance(&self, from: u32, to: u32) -> i32 {
        let straight = self.straight_m(from, to);
        let short = straight < self.rule.short_below_m;
        let detour = if short { self.rule.short_detour } else { self.rule.detour };
        (straight * detour + 0.5) as i32
    }
}

/// The angle whose chord on the unit sphere has this square.
///
/// `2 asin(c / 2)`; the series of the arcsine up to chords of 640 km, exact to rounding there.
#[inline]
fn arc_of_chord_squared(square: f64) -> f64 {
    let chord = square.sqrt();
    if square > 0.01 {
        return 2.0 * (chord / 2.0).min(1.0).asin();
    }
    let terms = 35.0 / 294_912.0;
    let terms = 5.0 / 7_168.0 + square * terms;
    let terms = 3.0 / 640.0 + square * terms;
    let terms = 1.0 / 24.0 + square * terms;
    chord * (1.0 + square * terms)
}

/// Numbers for each ordered pair of places, row by row.
#[derive(Clone, Debug)]
pub struct Table {
    places: u32,
    durations: Arc<[i32]>,
    distances: Option<Arc<[i32]>>,
    costs: Option<Arc<[i32]>>,
}

impl Table {
    /// Rows are where a way begins. Without distances, durations are distances.
    ///
    /// # Panics
    ///
    /// If a table is not `places` × `places`.
    #[must_use]
    pub fn new(
        places: u32,
        durations: Arc<[i32]>,
        distances: Option<Arc<[i32]>>,
        costs: Option<Arc<[i32]>>,
    ) -> Self {
        let size = places as usize * places as usize;
        for table in [Some(&durations), distances.as_ref(), costs.as_ref()].into_iter().flatten() {
            assert_eq!(table.len(), size, "a table is places × places");
        }
        Self { places, durations, distances, costs }
    }

    pub(super) fn has_costs(&self) -> bool {
        self.costs.is_some()
    }

    pub(super) fn has_distances(&self) -> bool {
        self.distances.is_some()
    }

    #[inline]
    fn at(&self, from: u32, to: u32) -> usize {
        from as usize * self.places as usize + to as usize
    }

    #[inline]
    fn duration(&self, from: u32, to: u32) -> i32 {
        self.durations[self.at(from, to)]
    }

    #[inline]
    fn distance(&self, from: u32, to: u32) -> i32 {
        self.distances.as_ref().unwrap_or(&self.durations)[self.at(from, to)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_meets_the_arcsine() {
        for step in 1..1_000 {
            let chord = f64::from(step) * 1e-4;
            let exact = 2.0 * (chord / 2.0).asin();
            assert!((arc_of_chord_squared(chord * chord) - exact).abs() < 1e-12, "{chord}");
        }
    }

    #[test]
    fn lengths_on_a_plane_are_scaled_and_rounded() {
        let plane = Plane::new(&[[0.0, 0.0], [1.0, 1.0]], 1_000.0);
        assert_eq!(plane.length(0, 1), 1_414);
        assert_eq!(plane.length(1, 1), 0);
    }

    /// Asks for a length that is known, with limits around it and far from it.
    fn ask(length: i32, within: impl Fn(i32) -> Option<i32>) {
        for most in [-1, 0, length / 2, length - 1, length, length + 1, 2 * length + 9] {
            assert_eq!(within(most), (0..=most).contains(&length).then_some(length), "{most}");
        }
    }

    #[test]
    fn what_is_within_a_limit_is_as_long_as_without() {
        let of = |at: u32, by: f64| (f64::from(at) * by).fract();
        let points: Vec<[f64; 2]> = (0..60)
            .map(|at| if at % 7 == 6 { [0.5, 0.5] } else { [of(at, 0.618), of(at, 0.755)] })
            .collect();
        let rule = LegRule {
            detour: 1.35,
            short_detour: 1.2,
            short_below_m: 20_000.0,
            overhead_s: 45,
            metres_per_second: 4.2,
        };
        let sphere = Sphere::new(&points, rule);
        for scale in [0.5, 10.0, 10_000.0] {
            let plane = Plane::new(&points, scale);
            for (from, to) in (0..60).flat_map(|from| (0..60).map(move |to| (from, to))) {
                ask(plane.length(from, to), |most| plane.length_within(from, to, most));
                ask(sphere.duration(from, to), |most| sphere.duration_within(from, to, most));
            }
        }
    }
}
