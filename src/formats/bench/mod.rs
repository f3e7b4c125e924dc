//! Files of benchmarks: words in lines, one depot, one capacity.

mod lilim;
mod scale;
mod sheet;
mod solomon;
mod vrplib;
mod words;

pub(super) use lilim::read as read_lilim;
pub(super) use solomon::read as read_solomon;
pub(super) use vrplib::read as read_vrplib;
