//! Two desks on one database, and days that come and go.

mod following;
mod housekeeping;
mod operations;
mod reloading;
mod town;
