//! Doorstep.

pub mod city;
pub mod geo;
pub mod intake;
pub mod model;
pub mod zones;
