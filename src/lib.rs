//! Doorstep.

pub mod check;
pub mod city;
pub mod cli;
pub mod clock;
pub mod config;
pub mod desk;
pub mod geo;
pub mod http;
pub mod intake;
pub mod model;
pub mod planning;
pub mod simulation;
pub mod solver;
pub mod store;
pub mod zones;
