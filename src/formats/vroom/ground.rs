//! Places and the ways between them: coordinates and straight lines, or indices and matrices.

use super::document::{Document, Matrices};
use super::matrix::Matrix;
use super::parse::escaped;
use super::values::{Coordinates, Number, SpeedFactor};
use crate::formats::Options;
use crate::formats::fault::{Faults, quoted};
use crate::formats::names::Spot;
use crate::solver::{LegRule, Sphere, Table, Travel};
use std::collections::{BTreeMap, HashMap};

/// The profile of vehicles that name none.
const PROFILE: &str = "car";
/// A vehicle as fast as its profile.
const AS_GIVEN: SpeedFactor = SpeedFactor(100);

/// Where things are, and which ways vehicles take.
pub(super) struct Ground {
    surface: Surface,
    /// Pairs of profile and speed; an index is an index into [`crate::solver::Problem::travel`].
    ways: Vec<(Box<str>, SpeedFactor)>,
    way_of: HashMap<(Box<str>, SpeedFactor), u32>,
}

enum Surface {
    Earth { points: Vec<[f64; 2]>, place_of: HashMap<[u64; 2], u32> },
    Tables { size: u32, tables: BTreeMap<String, Matrices> },
}

impl Ground {
    /// Takes the matrices out of the document; nothing where they cannot be used.
    pub(super) fn of(document: &mut Document, faults: &mut Faults) -> Option<Self> {
        let old = document.matrix.take();
        let tables = document.matrices.take().unwrap_or_else(|| {
            let car = |durations| Matrices { durations: Some(durations), ..Matrices::default() };
            old.map(|matrix| (PROFILE.to_owned(), car(matrix))).into_iter().collect()
        });
        let surface = if tables.is_empty() {
            Surface::Earth { points: Vec::new(), place_of: HashMap::new() }
        } else {
            Surface::Tables { size: size(&tables, faults)?, tables }
        };
        Some(Self { surface, ways: Vec::new(), way_of: HashMap::new() })
    }

    /// The place of a location, and how to call it.
    pub(super) fn place(
        &mut self,
        location: Option<Coordinates>,
        index: Option<Number>,
        key: &str,
        pointer: &dyn Fn() -> String,
        faults: &mut Faults,
    ) -> (u32, Spot) {
        let spot =
            Spot { location: location.map(|place| place.0), index: index.map(Number::small) };
        let index_key = if key == "location" { "location_index" } else { key };
        match (&mut self.surface, location, index) {
            (Surface::Earth { points, place_of }, Some(Coordinates(point)), _) => {
                // Zero has two bit patterns.
                let bits = point.map(|degrees| (degrees + 0.0).to_bits());
                let place = *place_of.entry(bits).or_insert_with(|| {
                    points.push(point);
                    u32::try_from(points.len() - 1).unwrap_or(u32::MAX)
                });
                return (place, spot);
            }
            (Surface::Earth { .. }, None, _) => {
                let message = format!(
                    "found no '{key}', expected coordinates, since there are no \
                                       matrices"
                );
                faults.note(pointer(), message);
            }
            (Surface::Tables { size, .. }, _, Some(index)) if index.small() < *size => {
                return (index.small(), spot);
            }
            (Surface::Tables { size, .. }, _, Some(index)) => {
                let message = format!(
                    "found index {}, expected one below {size}, the size of the \
                                       matrices",
                    index.get()
                );
                faults.note(format!("{}/{index_key}", pointer()), message);
            }
            (Surface::Tables { .. }, _, None) => {
                let message = format!(
                    "found no '{index_key}', expected an index, since there are \
                                       matrices"
                );
                faults.note(pointer(), message);
            }
        }
        (0, spot)
    }

    /// The ways of a vehicle: an index into the problem's travel.
    pub(super) fn way(
        &mut self,
        profile: Option<Box<str>>,
        speed: Option<SpeedFactor>,
        pointer: &str,
        faults: &mut Faults,
    ) -> u32 {
        let name = match &self.surface {
            // Straight lines are the same for all.
            Surface::Earth { .. } => PROFILE.into(),
            Surface::Tables { .. } => profile.unwrap_or_else(|| PROFILE.into()),
        };
        if let Surface::Tables { tables, .. } = &self.surface
            && !tables.contains_key(&*name)
        {
            let known: Vec<String> = tables.keys().map(|name| quoted(name)).collect();
            let message = format!(
                "found profile {}, expected one that has a matrix: {}",
                quoted(&name),
                known.join(", ")
            );
            faults.note(format!("{pointer}/profile"), message);
        }
        let way = (name, speed.unwrap_or(AS_GIVEN));
        *self.way_of.entry(way.clone()).or_insert_with(|| {
            self.ways.push(way);
            u32::try_from(self.ways.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Whether places are indices into matrices.
    pub(super) fn has_matrices(&self) -> bool {
        matches!(self.surface, Surface::Tables { .. })
    }

    /// Whether a profile has costs of its own.
    pub(super) fn has_costs(&self, profile: Option<&str>) -> bool {
        self.matrices(profile).is_some_and(|matrices| matrices.costs.is_some())
    }

    /// Whether metres are known for a profile.
    pub(super) fn has_distances(&self, profile: Option<&str>) -> bool {
        match &self.surface {
            Surface::Earth { .. } => true,
            Surface::Tables { .. } => {
                self.matrices(profile).is_none_or(|matrices| matrices.distances.is_some())
            }
        }
    }

    fn matrices(&self, profile: Option<&str>) -> Option<&Matrices> {
        match &self.surface {
            Surface::Earth { .. } => None,
            Surface::Tables { tables, .. } => tables.get(profile.unwrap_or(PROFILE)),
        }
    }

    /// Whether metres are known for all ways that are taken.
    pub(super) fn distances(&self) -> bool {
        self.ways.iter().all(|(profile, _)| self.has_distances(Some(profile)))
    }

    /// Travel for each of the ways.
    pub(super) fn travel(
        &self,
        options: &Options,
        parts: i64,
        faults: &mut Faults,
    ) -> Option<Vec<Travel>> {
        let travel = self.ways.iter().map(|(profile, speed)| match &self.surface {
            Surface::Earth { points, .. } => {
                Some(Travel::Sphere(Sphere::new(points, leg_rule(options, *speed))))
            }
            Surface::Tables { size, tables } => {
                let matrices = tables.get(&**profile)?;
                table(*size, matrices, *speed, parts).map(Travel::Table).or_else(|| {
                    let message = "found durations or costs too large to be counted after scaling \
                                   by speed_factor or by the vehicles' costs";
                    faults.note(format!("/matrices/{}", escaped(profile)), message);
                    None
                })
            }
        });
        travel.collect()
    }
}

fn leg_rule(options: &Options, speed: SpeedFactor) -> LegRule {
    LegRule {
        detour: options.detour,
        short_detour: options.detour,
        short_below_m: 0.0,
        overhead_s: 0,
        metres_per_second: options.speed_kmh / 3.6 * f64::from(speed.0) / 100.0,
    }
}

fn table(size: u32, matrices: &Matrices, speed: SpeedFactor, parts: i64) -> Option<Table> {
    let durations = matrices.durations.as_ref()?;
    let durations =
        if speed == AS_GIVEN { durations.cells() } else { durations.at_speed(speed)? };
    let costs = match &matrices.costs {
        Some(costs) => Some(costs.in_parts(parts)?),
        None => None,
    };
    Some(Table::new(size, durations, matrices.distances.as_ref().map(Matrix::cells), costs))
}

/// The size that all matrices have.
fn size(tables: &BTreeMap<String, Matrices>, faults: &mut Faults) -> Option<u32> {
    let before = faults.count();
    let places = tables.values().find_map(|matrices| Some(matrices.durations.as_ref()?.rows));
    for (profile, matrices) in tables {
        let pointer = format!("/matrices/{}", escaped(profile));
        if matrices.durations.is_none() {
            faults.note(&pointer, "found no 'durations', expected them beside any other matrix");
        }
        let all = [
            ("durations", &matrices.durations),
            ("distances", &matrices.distances),
            ("costs", &matrices.costs),
        ];
        for (key, matrix) in all {
            if let (Some(matrix), Some(places)) = (matrix, places) {
                matrix.check(places, &format!("{pointer}/{key}"), faults);
            }
        }
    }
    let size = u32::try_from(places?).ok()?;
    (faults.count() == before).then_some(size)
}
