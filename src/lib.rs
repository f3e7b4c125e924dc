//! Doorstep.

pub mod geo;
pub mod model;
pub mod store;
pub mod zones;
