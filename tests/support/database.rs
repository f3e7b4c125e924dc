//! Fresh, empty databases for tests: one for each engine.
//!
//! `PostgreSQL` is tested where `DOORSTEP_TEST_POSTGRES` has the address of a server's `postgres`
//! database, as `.ci/with-postgres` sets it. Where it is absent this is said, and with
//! `DOORSTEP_REQUIRE_POSTGRES=1` the test fails.

use doorstep::store::{Store, StoreSettings};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::ffi::OsString;
use tempfile::TempDir;
use uuid::Uuid;

/// What a test database runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// A file in a directory of its own.
    Sqlite,
    /// A database of its own on the server for tests.
    Postgres,
}

/// An empty database that is gone when this is dropped.
pub(crate) struct TestDatabase {
    /// What [`Store::open`] takes.
    pub(crate) url: String,
    /// What it runs on.
    pub(crate) engine: Engine,
    /// What to remove in the end.
    _remains: Remains,
}

impl TestDatabase {
    /// A store on this database with its schema in place.
    pub(crate) async fn store(&self) -> Store {
        let store = self.empty_store().await;
        store.migrate().await.expect("a fresh database can be migrated");
        store
    }

    /// A store on this database as it is.
    pub(crate) async fn empty_store(&self) -> Store {
        let settings = StoreSettings { max_connections: 4, ..StoreSettings::default() };
        Store::open(&self.url, &settings).await.expect("a fresh database can be opened")
    }
}

enum Remains {
    Directory { _removed_when_dropped: TempDir },
    Database { server: String, name: String },
}

impl Drop for Remains {
    fn drop(&mut self) {
        let Self::Database { server, name } = self else { return };
        let (server, sql) = (server.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
        // A test's own runtime may not be blocked on, and may be ending.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime starts").block_on(on_server(&server, sql));
        });
        let dropped = dropping.join();
        assert!(dropped.is_ok() || std::thread::panicking(), "the test database stays behind");
    }
}

/// A database for each engine there is.
pub(crate) async fn databases() -> Vec<TestDatabase> {
    let mut databases = vec![sqlite()];
    databases.extend(postgres().await);
    databases
}

/// An empty `SQLite` file, not yet created.
pub(crate) fn sqlite() -> TestDatabase {
    let directory = TempDir::new().expect("a temporary directory can be made");
    let url = format!("sqlite://{}", directory.path().join("doorstep.db").display());
    let remains = Remains::Directory { _removed_when_dropped: directory };
    TestDatabase { url, engine: Engine::Sqlite, _remains: remains }
}

/// An empty `PostgreSQL` database, where there is a server for tests.
pub(crate) async fn postgres() -> Option<TestDatabase> {
    let server = server()?;
    let name = format!("doorstep_test_{}", Uuid::now_v7().simple());
    on_server(&server, format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    let (address, parameters) = match server.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (server.as_str(), String::new()),
    };
    let (host, _) = address.rsplit_once('/').expect("the address names a database");
    let url = format!("{host}/{name}{parameters}");
    let remains = Remains::Database { server, name };
    Some(TestDatabase { url, engine: Engine::Postgres, _remains: remains })
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn server() -> Option<String> {
    let text = |value: OsString| value.into_string().expect("the variable is text");
    let given = std::env::var_os("DOORSTEP_TEST_POSTGRES").map(text).filter(|url| !url.is_empty());
    let required = std::env::var_os("DOORSTEP_REQUIRE_POSTGRES").is_some_and(|value| value == "1");
    assert!(
        given.is_some() || !required,
        "DOORSTEP_REQUIRE_POSTGRES=1 but DOORSTEP_TEST_POSTGRES is not set: give it the address of \
         a server's postgres database, or run the tests by .ci/with-postgres"
    );
    if given.is_none() {
        eprintln!("DOORSTEP_TEST_POSTGRES is not set: PostgreSQL is skipped");
    }
    given
}

async fn on_server(server: &str, sql: String) {
    let connection = PgConnection::connect(server).await;
    let mut connection = connection.expect("the server of DOORSTEP_TEST_POSTGRES answers");
    let done = sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await;
    done.expect("the server of DOORSTEP_TEST_POSTGRES creates and drops databases");
}
