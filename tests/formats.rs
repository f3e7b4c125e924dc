//! Problem files in, solutions out.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "formats/answer.rs"]
mod answer;
#[path = "formats/mutations.rs"]
mod mutations;
#[path = "formats/reading.rs"]
mod reading;
#[path = "formats/solomon.rs"]
mod solomon;
#[path = "formats/vroom.rs"]
mod vroom;
#[path = "formats/vroom_faults.rs"]
mod vroom_faults;
#[path = "formats/vroom_ours.rs"]
mod vroom_ours;
#[path = "formats/vrplib.rs"]
mod vrplib;
