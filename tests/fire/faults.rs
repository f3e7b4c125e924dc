//! What may befall two services on one PostgreSQL while 200 customers are at them.
//!
//! After each fault everyone is served, nobody has two bookings, each acknowledged booking is on
//! exactly one route, and the plan is sound.

use super::ALONE;
use super::proxy::Proxy;
use super::server::{crash, end_connections, on_database, restart};
use super::trial::Trial;
use std::time::Duration;
use uuid::Uuid;

/// So many bookings come before a fault, and after it before the next.
const BETWEEN: usize = 60;

async fn same(url: &str) -> [String; 2] {
    [url.to_owned(), url.to_owned()]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_killed_and_comes_back() {
    let _alone = ALONE.lock().await;
    let Some(mut trial) = Trial::start(same).await else { return };
    for replica in [0, 1] {
        trial.more(BETWEEN).await;
        trial.restart(replica);
        trial.recovered("a replica killed").await;
    }
    trial.ends_well("a replica killed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_crashes() {
    let _alone = ALONE.lock().await;
    let Some(mut trial) = Trial::start(same).await else { return };
    for _ in 0..2 {
        trial.more(BETWEEN).await;
        crash(&trial.database.url).await;
        trial.recovered("the database crashed").await;
    }
    trial.ends_well("the database crashed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_restarted() {
    let _alone = ALONE.lock().await;
    let Some(mut trial) = Trial::start(same).await else { return };
    trial.more(BETWEEN).await;
    if restart(&trial.database.url).await {
        trial.recovered("the database restarted").await;
    }
    trial.ends_well("the database restarted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_ended_again_and_again() {
    let _alone = ALONE.lock().await;
    let Some(mut trial) = Trial::start(same).await else { return };
    for _ in 0..10 {
        trial.more(BETWEEN / 3).await;
        end_connections(&trial.database.url).await;
    }
    trial.recovered("connections ended").await;
    trial.ends_well("connections ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_commit_is_lost() {
    let _alone = ALONE.lock().await;
    let mut proxy = None;
    let trial = Trial::start(async |url| {
        let wire = proxy.insert(Proxy::to(url).await);
        [wire.url.clone(), url.to_owned()]
    });
    let Some(trial) = trial.await else { return };
    let proxy = proxy.unwrap();
    proxy.begin_to_cut();
    trial.ends_well("answers to commits lost").await;
    let cuts = proxy.cuts();
    assert!(cuts >= 3, "only {cuts} answers were lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_takes_no_more_connections() {
    let _alone = ALONE.lock().await;
    let role = format!("doorstep_{}", Uuid::now_v7().simple());
    let trial = Trial::start(async |url| {
        let create = format!("CREATE ROLE {role} LOGIN");
        let grant = format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}");
        on_database(url, &[&create, &grant]).await;
        let (scheme, rest) = url.split_once("://").unwrap();
        let (_, place) = rest.split_once('@').expect("the address names a user");
        let url = format!("{scheme}://{role}@{place}");
        [url.clone(), url]
    });
    let Some(mut trial) = trial.await else { return };
    let url = trial.database.url.clone();
    let limit = async |most: i32| {
        on_database(&url, &[&format!("ALTER ROLE {role} CONNECTION LIMIT {most}")]).await;
    };
    trial.more(BETWEEN).await;
    limit(3).await;
    end_connections(&url).await;
    // Whoever has the few connections serves; the other one waits, and both live.
    trial.more_within(BETWEEN, Duration::from_secs(10)).await;
    limit(-1).await;
    trial.recovered("connections refused").await;
    let _database = trial.ends_well("connections refused").await;
    on_database(&url, &[&format!("DROP OWNED BY {role}"), &format!("DROP ROLE {role}")]).await;
}
