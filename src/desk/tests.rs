//! Two desks on one database, and days that come and go.

mod following;
mod housekeeping;
mod mending;
mod operations;
mod reloading;
mod town;
