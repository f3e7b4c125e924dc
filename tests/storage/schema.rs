//! Migrations, and that both engines have the same schema.

use crate::database::{Engine, TestDatabase, databases};
use doorstep::store::{Store, StoreError, StoreSettings};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::collections::BTreeSet;

async fn raw_sqlite(database: &TestDatabase) -> SqliteConnection {
    SqliteConnection::connect(&database.url).await.expect("the file opens")
}

async fn raw_postgres(database: &TestDatabase) -> PgConnection {
    PgConnection::connect(&database.url).await.expect("the server answers")
}

/// Changes one row behind the store's back.
async fn tamper(database: &TestDatabase, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    let touched = match database.engine {
        Engine::Sqlite => {
            let mut raw = raw_sqlite(database).await;
            sqlx::query(sql).execute(&mut raw).await.map(|done| done.rows_affected())
        }
        Engine::Postgres => {
            let mut raw = raw_postgres(database).await;
            sqlx::query(sql).execute(&mut raw).await.map(|done| done.rows_affected())
        }
    };
    assert_eq!(touched.expect("the statement is accepted"), 1);
}

async fn texts(database: &TestDatabase, sqlite: &str, postgres: &str) -> BTreeSet<String> {
    let rows: Result<Vec<(String,)>, sqlx::Error> = match database.engine {
        Engine::Sqlite => {
            let sql = AssertSqlSafe(sqlite.to_owned());
            sqlx::query_as(sql).fetch_all(&mut raw_sqlite(database).await).await
        }
        Engine::Postgres => {
            let sql = AssertSqlSafe(postgres.to_owned());
            sqlx::query_as(sql).fetch_all(&mut raw_postgres(database).await).await
        }
    };
    rows.expect("the catalogue can be read").into_iter().map(|(text,)| text).collect()
}

/// Each column as `table.column`, and whether it may be null.
async fn columns(database: &TestDatabase) -> BTreeSet<String> {
    texts(
        database,
        "SELECT t.name || '.' || c.name || CASE c.\"notnull\" WHEN 1 THEN '' ELSE ' NULL' END
         FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
        "SELECT table_name || '.' || column_name
             || CASE is_nullable WHEN 'NO' THEN '' ELSE ' NULL' END
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
    )
    .await
}

/// Each named index as `index table unique`.
async fn indices(database: &TestDatabase) -> BTreeSet<String> {
    texts(
        database,
        "SELECT i.name || ' ' || t.name || CASE i.\"unique\" WHEN 1 THEN ' unique' ELSE '' END
         FROM sqlite_schema t, pragma_index_list(t.name) i
         WHERE t.type = 'table' AND i.origin = 'c'",
        "SELECT i.relname || ' ' || t.relname
             || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
             JOIN pg_class t ON t.oid = x.indrelid
             JOIN pg_namespace n ON n.oid = t.relnamespace
         WHERE n.nspname = 'public' AND NOT x.indisprimary",
    )
    .await
}

/// Each foreign key as `table -> table`.
async fn references(database: &TestDatabase) -> BTreeSet<String> {
    texts(
        database,
        "SELECT t.name || ' -> ' || f.\"table\"
         FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
        "SELECT t.relname || ' -> ' || f.relname
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
             JOIN pg_class f ON f.oid = c.confrelid
         WHERE c.contype = 'f'",
    )
    .await
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_indices_and_references() {
    let databases = databases().await;
    let mut schemas = Vec::new();
    for database in &databases {
        database.store().await.close().await;
        let schema = (columns(database).await, indices(database).await, references(database).await);
        assert!(schema.0.contains("bookings.external_id NULL"), "{:?}", schema.0);
        assert!(schema.1.contains("keys_by_hash keys unique"), "{:?}", schema.1);
        assert!(schema.2.contains("couriers -> hubs"), "{:?}", schema.2);
        schemas.push(schema);
    }
    assert!(schemas.windows(2).all(|pair| pair[0] == pair[1]), "{schemas:#?}");
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    for database in databases().await {
        let store = database.store().await;
        assert_eq!(store.migrate().await, Ok(()));
        assert_eq!(store.registry_version().await, Ok(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_starters_that_come_at_once_each_finds_a_migrated_database() {
    for database in databases().await {
        let mut starters = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let url = database.url.clone();
            starters.spawn(async move {
                let store = Store::open(&url, &StoreSettings::default()).await?;
                store.migrate().await?;
                store.registry_version().await
            });
        }
        for version in starters.join_all().await {
            assert_eq!(version, Ok(0), "{:?}", database.engine);
        }
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_with_both_versions() {
    for database in databases().await {
        let store = database.store().await;
        tamper(
            &database,
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9000, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
        let error = store.migrate().await.unwrap_err();
        let StoreError::NewerSchema { found: 9000, known } = error else { panic!("{error}") };
        assert!(known < 9000);
        let text = error.to_string();
        assert!(
            text.contains("9000") && text.contains("start a doorstep at least as new"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_migration_that_was_another_one_is_refused() {
    for database in databases().await {
        let store = database.store().await;
        tamper(
            &database,
            "UPDATE _sqlx_migrations SET checksum = checksum || checksum WHERE version = 1",
        )
        .await;
        assert_eq!(store.migrate().await, Err(StoreError::ForeignSchema { version: 1 }));
    }
}
