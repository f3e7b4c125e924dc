//! Doorstep.
fn main() {}
