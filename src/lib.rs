//! Doorstep.

pub mod geo;
pub mod model;
pub mod zones;
