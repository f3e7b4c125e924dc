//! A server that goes away in the middle of a commit, and callers that go away.

use crate::database::Engine;
use crate::sample::{City, booked, cities, commit, date, hold, region_id, registry, route};
use doorstep::store::StoreError;
use sqlx::{Connection, PgConnection};

/// Has PostgreSQL end the connection that appends an event: at once, or while it commits.
async fn end_connections(city: &City, timing: &'static str) {
    let mut raw = PgConnection::connect(&city.database.url).await.expect("the server answers");
    let function = "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'";
    sqlx::query(function).execute(&mut raw).await.expect("a function can be made");
    sqlx::query(timing).execute(&mut raw).await.expect("a trigger can be made");
}

async fn cities_on_postgres() -> impl Iterator<Item = City> {
    cities().await.into_iter().filter(|city| city.engine == Engine::Postgres)
}

#[tokio::test]
async fn one_that_goes_before_the_commit_has_written_nothing() {
    for city in cities_on_postgres().await {
        let opened = city.open_day(&["anna"]).await;
        let at_once = "CREATE TRIGGER leave AFTER INSERT ON events
            FOR EACH ROW EXECUTE FUNCTION leave()";
        end_connections(&city, at_once).await;
        let change = booked(&route("anna"), vec![hold(1)]);
        let error = city.store.commit_day(&change).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        assert!(error.is_transient());
        assert_eq!(city.day().await, opened, "the next call has a connection again");
    }
}

#[tokio::test]
async fn of_one_that_goes_during_the_commit_the_outcome_is_found_out() {
    for city in cities_on_postgres().await {
        let opened = city.open_day(&["anna"]).await;
        let while_committing = "CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON events
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leave()";
        end_connections(&city, while_committing).await;
        let change = booked(&route("anna"), vec![hold(1)]);
        let error = city.store.commit_day(&change).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "nothing was written: {error}");
        assert_eq!(city.day().await, opened);
    }
}

#[tokio::test]
async fn callers_that_go_away_leave_no_transaction_open() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        for patience in 0..60 {
            let going = async {
                for _ in 0..patience {
                    tokio::task::yield_now().await;
                }
            };
            let (region, change) = (region_id(), commit());
            tokio::select! {
                biased;
                _ = city.store.read_day(&region, date()) => {}
                () = going => {}
            }
            tokio::select! {
                biased;
                _ = city.store.commit_day(&change) => {}
                () = std::future::ready(()) => {}
            }
            // In a transaction that only reads, as one left open would be, this is refused.
            let mut writers = tokio::task::JoinSet::new();
            for _ in 0..4 {
                let store = city.store.clone();
                writers.spawn(async move { store.upsert_registry(&registry(), &[]).await });
            }
            for written in writers.join_all().await {
                assert!(written.is_ok(), "{:?}: {written:?}", city.engine);
            }
        }
        assert_eq!(city.store.registry_version().await, Ok(1 + 60 * 4));
    }
}
