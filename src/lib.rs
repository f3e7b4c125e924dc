//! Doorstep.

pub mod geo;
pub mod model;
pub mod solver;
pub mod zones;
