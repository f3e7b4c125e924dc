//! Doorstep.

pub mod check;
pub mod city;
pub mod clock;
pub mod desk;
pub mod geo;
pub mod http;
pub mod intake;
pub mod model;
pub mod planning;
pub mod solver;
pub mod store;
pub mod zones;
