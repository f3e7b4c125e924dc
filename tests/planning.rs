//! Random days of bookings, searches, cancellations and replans, judged by `check` after each step.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its input has to stop")]

#[path = "planning/budgets.rs"]
mod budgets;
#[path = "planning/cities.rs"]
mod cities;
#[path = "planning/days.rs"]
mod days;
#[path = "planning/goods.rs"]
mod goods;
#[path = "planning/improvements.rs"]
mod improvements;
#[path = "planning/locks.rs"]
mod locks;
#[path = "planning/logs.rs"]
mod logs;
#[path = "planning/moves.rs"]
mod moves;
#[path = "planning/naive.rs"]
mod naive;
#[path = "planning/rebalances.rs"]
mod rebalances;
#[path = "planning/repairs.rs"]
mod repairs;
#[path = "planning/replans.rs"]
mod replans;
#[path = "planning/searches.rs"]
mod searches;
#[path = "planning/seeded.rs"]
mod seeded;
#[path = "planning/served_again.rs"]
mod served_again;
#[path = "planning/squeezes.rs"]
mod squeezes;
#[path = "planning/trips.rs"]
mod trips;
#[path = "planning/vicinities.rs"]
mod vicinities;
#[path = "planning/whys.rs"]
mod whys;
#[path = "planning/world.rs"]
mod world;
