//! Routing problems from files, and solutions in VROOM's JSON.
//!
//! [`read`] turns a file's bytes into an [`Input`]: the [`Problem`] for the search, and the
//! [`Names`] that the search does not need (ids, coordinates, the origin of time, the scale).
//! [`solution_json`] puts a solution and the names together again. `docs/solve.md` says what each
//! field becomes.
//!
//! Files of benchmarks (Solomon, Li & Lim, VRPLIB) share one path: a reader of words fills a
//! sheet of nodes, the sheet picks its scale. VROOM's JSON has its own.

mod bench;
mod fault;
mod limits;
mod names;
mod solution;
mod vroom;

pub use fault::{Fault, Faults};
pub use names::Names;
pub use solution::{Times, Unsound, solution_json};

use crate::solver::Problem;

/// The layouts of problem files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Solomon's and Homberger's text: one depot, windows, one capacity.
    Solomon,
    /// Li & Lim's text: the same with pairs of pickup and delivery.
    LiLim,
    /// VRPLIB's sections, with coordinates or a matrix, with windows or without.
    Vrplib,
    /// The JSON that VROOM reads.
    Vroom,
}

/// What a file leaves open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Road length for each straight length, where a VROOM problem has no matrix.
    pub detour: f64,
    /// Speed on the road, where a VROOM problem has no matrix.
    pub speed_kmh: f64,
    /// The fleet of a benchmark file, instead of the file's own.
    pub vehicles: Option<u32>,
}

impl Default for Options {
    /// Chinese cities by e-bike.
    fn default() -> Self {
        Self { detour: 1.35, speed_kmh: 15.0, vehicles: None }
    }
}

/// A problem as it was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// For the search.
    pub problem: Problem,
    /// For the answer.
    pub names: Names,
}

/// Reads a problem.
///
/// # Errors
///
/// What is wrong with the file, each fault with its line and column or its JSON path.
pub fn read(format: Format, bytes: &[u8], options: &Options) -> Result<Input, Faults> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match format {
        Format::Solomon => bench::read_solomon(bytes, options.vehicles),
        Format::LiLim => bench::read_lilim(bytes, options.vehicles),
        Format::Vrplib => bench::read_vrplib(bytes, options.vehicles),
        Format::Vroom => vroom::read(bytes, options),
    }
}
