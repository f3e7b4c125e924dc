//! How one SQL text runs on both engines.
//!
//! The macros match on the backend of a [`Tx`](super::Tx): the arms are the same text, and differ
//! in the types that sqlx needs to know at compile time. Many rows go into one statement: `{rows}`
//! in a text stands for `($1, $2), ($3, $4), …`, which both engines also accept as a table, with
//! columns named `column1`, `column2`, ….

use chrono::{DateTime, SubsecRound, Utc};
use std::fmt::Write;

/// The most rows in one statement: 128 of the widest rows bind 2,560 values, far below the limits
/// (32,766 on `SQLite`, 65,535 on `PostgreSQL`), and longer statements were not faster.
const MAX_ROWS: usize = 128;

/// All rows of a query, as a `Result<Vec<_>, sqlx::Error>`.
macro_rules! fetch_all {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match &mut $tx {
            $crate::store::Tx::Sqlite(tx) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_all(&mut **tx).await
            }
            $crate::store::Tx::Postgres(tx) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_all(&mut **tx).await
            }
        }
    };
}

/// The first row of a query, as a `Result<Option<_>, sqlx::Error>`.
macro_rules! fetch_optional {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match &mut $tx {
            $crate::store::Tx::Sqlite(tx) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_optional(&mut **tx).await
            }
            $crate::store::Tx::Postgres(tx) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_optional(&mut **tx).await
            }
        }
    };
}

/// Runs a statement and gives the number of rows it touched, as a `Result<u64, sqlx::Error>`.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match &mut $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query($sql)$(.bind($value))*
                .execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::store::Tx::Postgres(tx) => sqlx::query($sql)$(.bind($value))*
                .execute(&mut **tx).await.map(|done| done.rows_affected()),
        }
    };
}

/// Runs a statement with `{rows}` for each chunk of `$rows`, and gives the number of rows touched
/// by all of them. Returns from the function on the first error.
macro_rules! execute_rows {
    ($tx:expr, $sql:expr, $rows:expr, |$row:ident| [$($value:expr),+ $(,)?]) => {{
        const COLUMNS: usize = [$(stringify!($value)),+].len();
        let mut touched = 0;
        for chunk in $crate::store::sql::chunks($rows) {
            let text = sqlx::AssertSqlSafe($crate::store::sql::with_rows($sql, chunk.len(), COLUMNS));
            touched += match &mut $tx {
                $crate::store::Tx::Sqlite(tx) => {
                    let mut query = sqlx::query(text);
                    for $row in chunk {
                        query = query$(.bind($value))+;
                    }
                    query.execute(&mut **tx).await?.rows_affected()
                }
                $crate::store::Tx::Postgres(tx) => {
                    let mut query = sqlx::query(text);
                    for $row in chunk {
                        query = query$(.bind($value))+;
                    }
                    query.execute(&mut **tx).await?.rows_affected()
                }
            };
        }
        touched
    }};
}

/// Runs a query with `{rows}` for each chunk of `$rows`, and gives the rows of all of them. Returns
/// from the function on the first error.
macro_rules! fetch_rows {
    ($tx:expr, $sql:expr, $rows:expr, |$row:ident| [$($value:expr),+ $(,)?]) => {{
        const COLUMNS: usize = [$(stringify!($value)),+].len();
        let mut found = Vec::new();
        for chunk in $crate::store::sql::chunks($rows) {
            let text = sqlx::AssertSqlSafe($crate::store::sql::with_rows($sql, chunk.len(), COLUMNS));
            found.extend(match &mut $tx {
                $crate::store::Tx::Sqlite(tx) => {
                    let mut query = sqlx::query_as(text);
                    for $row in chunk {
                        query = query$(.bind($value))+;
                    }
                    query.fetch_all(&mut **tx).await?
                }
                $crate::store::Tx::Postgres(tx) => {
                    let mut query = sqlx::query_as(text);
                    for $row in chunk {
                        query = query$(.bind($value))+;
                    }
                    query.fetch_all(&mut **tx).await?
                }
            });
        }
        found
    }};
}

/// Cuts rows into chunks whose lengths are powers of two, longest first. Each length is a
/// statement of its own that a connection prepares once: there are few of them.
pub(super) fn chunks<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let length = 1_usize << rest.len().min(MAX_ROWS).checked_ilog2()?;
        let (chunk, later) = rest.split_at(length);
        rest = later;
        Some(chunk)
    })
}

/// Writes `rows` rows of `columns` parameters in the place of `{rows}`.
pub(super) fn with_rows(sql: &str, rows: usize, columns: usize) -> String {
    let mut values = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        values.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            let comma = if column == 1 { "" } else { ", " };
            let number = row * columns + column;
            write!(values, "{comma}${number}").expect("writing to a string does not fail");
        }
        values.push(')');
    }
    sql.replace("{rows}", &values)
}

/// A moment as it is kept: `PostgreSQL` keeps microseconds, and `SQLite` is given no more.
pub(super) fn kept(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_through_all_rows() {
        assert_eq!(with_rows("VALUES {rows}!", 2, 3), "VALUES ($1, $2, $3), ($4, $5, $6)!");
        assert_eq!(with_rows("{rows}", 1, 1), "($1)");
    }

    #[test]
    fn chunks_are_powers_of_two_and_cover_all_rows() {
        for length in [0, 1, 2, 3, 7, 128, 129, 500] {
            let rows: Vec<usize> = (0..length).collect();
            let cut: Vec<&[usize]> = chunks(&rows).collect();
            assert!(cut.iter().all(|chunk| chunk.len().is_power_of_two()));
            assert!(cut.iter().all(|chunk| chunk.len() <= MAX_ROWS));
            assert_eq!(cut.concat(), rows);
        }
        assert_eq!(chunks(&[0; 500]).count(), 3 + 4);
    }
}
