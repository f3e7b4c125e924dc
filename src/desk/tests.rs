//! Two desks on one database, and days that come and go.

mod following;
mod housekeeping;
mod reloading;
mod town;
