//! Doorstep.

pub mod city;
pub mod cli;
pub mod geo;
pub mod intake;
pub mod model;
pub mod zones;
