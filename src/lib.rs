//! Doorstep.

pub mod check;
pub mod clock;
pub mod desk;
pub mod geo;
pub mod model;
pub mod planning;
pub mod solver;
pub mod store;
pub mod zones;
