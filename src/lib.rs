//! Doorstep.

pub mod geo;
pub mod zones;
