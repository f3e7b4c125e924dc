//! Addresses and files that cannot be opened or written.

use crate::database::{databases, postgres, sqlite};
use crate::sample::registry;
use doorstep::store::{Store, StoreError, StoreSettings};
use sqlx::{Connection, SqliteConnection};
use std::fs;
use std::path::Path;

async fn refusal(url: &str) -> StoreError {
    let settings = StoreSettings { wait_ms_max: 2_000, ..StoreSettings::default() };
    Store::open(url, &settings).await.expect_err("it cannot be opened")
}

fn url_of(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

#[tokio::test]
async fn an_open_database_answers_until_it_is_closed() {
    for database in databases().await {
        let store = database.empty_store().await;
        assert_eq!(store.ping().await, Ok(()));
        let other = store.clone();
        store.close().await;
        assert!(matches!(other.ping().await, Err(StoreError::Unavailable(_))));
    }
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused_without_its_password() {
    for url in ["mysql://user:hunter2@host/db", "doorstep.db", "", "sqlite::memory:"] {
        let error = refusal(url).await;
        assert!(matches!(error, StoreError::Address { .. }), "{url}: {error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let error = refusal("sqlite://x.db?mode=sideways").await;
    assert!(error.to_string().contains("sideways"), "{error}");
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let home = tempfile::tempdir().unwrap();
    let error = refusal(&url_of(&home.path().join("nowhere/doorstep.db"))).await;
    assert!(matches!(error, StoreError::Missing(_)), "{error}");
    assert!(error.to_string().contains("nowhere/doorstep.db"), "{error}");
    assert!(!error.is_transient());
}

#[tokio::test]
async fn a_file_that_must_exist_is_not_created() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("doorstep.db");
    let error = refusal(&format!("{}?mode=rw", url_of(&path))).await;
    assert!(matches!(error, StoreError::Missing(_)), "{error}");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("doorstep.db");
    let letter = "Dear diary, this is not a database. ".repeat(100);
    fs::write(&path, &letter).unwrap();
    let error = refusal(&url_of(&path)).await;
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_read_only_database_is_read_and_not_written() {
    let database = sqlite();
    database.store().await.close().await;
    let url = format!("{}?mode=ro", database.url);
    let store = Store::open(&url, &StoreSettings::default()).await.unwrap();
    assert_eq!(store.migrate().await, Ok(()), "an up-to-date schema needs no write");
    assert_eq!(store.registry_version().await, Ok(0));
    let error = store.upsert_registry(&registry(), &[]).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
}

#[tokio::test]
async fn a_file_that_another_process_holds_is_locked_and_then_free() {
    let database = sqlite();
    let settings = StoreSettings { wait_ms_max: 20, ..StoreSettings::default() };
    database.store().await.close().await;
    let store = Store::open(&database.url, &settings).await.unwrap();
    let mut other = SqliteConnection::connect(&database.url).await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = store.upsert_registry(&registry(), &[]).await.unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    assert!(error.is_transient());
    assert_eq!(store.registry_version().await, Ok(0), "readers do not wait");
    lock.rollback().await.unwrap();
    assert_eq!(store.upsert_registry(&registry(), &[]).await, Ok(1));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    // The port is taken from the system and given back, so that nothing listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = refusal(&format!("postgres://user:hunter2@127.0.0.1:{port}/doorstep")).await;
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(error.is_transient());
    let text = error.to_string();
    assert!(text.contains(&format!("127.0.0.1:{port}")) && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn a_database_or_a_user_that_the_server_does_not_have_is_told_apart() {
    let Some(database) = postgres().await else { return };
    let error = refusal(&format!("{}_absent", database.url)).await;
    assert!(matches!(error, StoreError::Missing(_)), "{error}");
    let (_, place) = database.url.rsplit_once('@').expect("the address names a user");
    let error = refusal(&format!("postgres://nobody_we_know:secret@{place}")).await;
    assert!(matches!(error, StoreError::Denied(_)), "{error}");
    assert!(!error.to_string().contains("secret@"), "{error}");
}

#[tokio::test]
async fn a_server_that_only_reads_is_told_apart() {
    let Some(database) = postgres().await else { return };
    database.store().await.close().await;
    let mark = if database.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{mark}options[default_transaction_read_only]=on", database.url);
    let store = Store::open(&url, &StoreSettings::default()).await.unwrap();
    let error = store.upsert_registry(&registry(), &[]).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
}
