//! Random sequences of search, hold, book, confirm, give back, cancel, reschedule, re-plan and the
//! passing of time, by two replicas on one database.
//!
//! After each step the stored days pass the independent check (but for lateness that an event tells,
//! where a place was given back), and every booking that was
//! acknowledged is on exactly one route, as it was last answered. Every slot that a search lists
//! is held and given back at once: where the replica knew the stored day, it has to be there. Once
//! more while both replicas improve their days in the background, which may take a listed slot.
#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

#[path = "support/database.rs"]
mod database;
#[path = "exactness/replicas.rs"]
mod replicas;
#[path = "exactness/steps.rs"]
mod steps;
#[path = "exactness/stored.rs"]
mod stored;
#[path = "exactness/town.rs"]
mod town;

use database::{Engine, databases};
use proptest::test_runner::{Config, TestCaseError, TestRng, TestRunner};
use replicas::{Replicas, Tally};
use std::cell::Cell;
use steps::steps;

/// Sequences on each engine.
const CASES: u32 = 24;
/// Steps of a sequence.
const STEPS: usize = 40;

#[test]
fn two_replicas_keep_every_promise_on_sqlite() {
    play(Engine::Sqlite, false);
}

#[test]
fn two_replicas_keep_every_promise_on_postgres() {
    play(Engine::Postgres, false);
}

#[test]
fn days_that_are_improved_meanwhile_keep_every_promise_on_sqlite() {
    play(Engine::Sqlite, true);
}

#[test]
fn days_that_are_improved_meanwhile_keep_every_promise_on_postgres() {
    play(Engine::Postgres, true);
}

fn play(engine: Engine, improving: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let tally = Cell::new(Tally::default());
    // The same sequences in every run.
    let dice = TestRng::deterministic_rng(config.rng_algorithm);
    let done = TestRunner::new_with_rng(config, dice).run(&steps(STEPS), |steps| {
        runtime.block_on(async {
            let mut all = databases().await.into_iter();
            let Some(database) = all.find(|one| one.engine == engine) else { return Ok(()) };
            let mut replicas = Replicas::open(&database, improving).await;
            for (number, step) in steps.iter().enumerate() {
                let fault =
                    |fault| TestCaseError::fail(format!("step {number}, {step:?}: {fault}"));
                replicas.take(step).await.map_err(fault)?;
            }
            tally.set(tally.get() + replicas.close().await);
            Ok(())
        })
    });
    done.unwrap_or_else(|failure| panic!("{engine:?}: {failure}"));
    tell(engine, tally.get());
}

#[expect(clippy::print_stderr, reason = "numbers for the reader of the test's output")]
fn tell(engine: Engine, tally: Tally) {
    eprintln!("{engine:?}: {tally:?}");
}
