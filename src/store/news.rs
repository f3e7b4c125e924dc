//! News of commits, for the processes that share a `PostgreSQL` database.
//!
//! A commit notifies in its own transaction: whoever hears of it can read it. `PostgreSQL` lets
//! transactions that notify commit one after the other, whatever day they are of.

use super::{DayPosition, Store, StoreError, Tx};
use crate::model::RegionId;
use chrono::NaiveDate;
use sqlx::postgres::PgListener;

const CHANNEL: &str = "doorstep";

/// Has the commit notify of where a row of `days` then stands.
macro_rules! tell_of_day {
    () => {
        "pg_notify('doorstep', concat_ws(' ', 'day', to_char(date, 'YYYY-MM-DD'), version, last_seq, region))"
    };
}

/// What was committed, by whichever process, this one too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A day has come this far.
    Day {
        /// The day's region.
        region: RegionId,
        /// The day's date.
        date: NaiveDate,
        /// Where it stands.
        position: DayPosition,
    },
    /// The registry has this version.
    Registry(i64),
    /// The connection was lost and is back: something may have been missed.
    Gap,
}

/// Hears of every commit from its making on.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Store {
    /// Listens on a connection of its own; nothing on `SQLite`, which notifies nobody.
    ///
    /// # Errors
    /// [`StoreError`], most often `Unavailable`.
    pub async fn listen(&self) -> Result<Option<Listener>, StoreError> {
        let Self::Postgres(pool) = self else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Listener(listener)))
    }
}

impl Listener {
    /// Waits for the next commit.
    ///
    /// # Errors
    /// When the connection is lost and cannot be had back: listen anew, and look at everything.
    pub async fn next(&mut self) -> Result<News, StoreError> {
        let heard = self.0.try_recv().await?;
        // What cannot be read was sent by another version: something has happened all the same.
        Ok(heard.and_then(|notification| read(notification.payload())).unwrap_or(News::Gap))
    }
}

/// Reads `day DATE VERSION LAST_SEQ REGION` or `registry VERSION`.
fn read(payload: &str) -> Option<News> {
    let mut words = payload.split(' ');
    match words.next()? {
        "day" => {
            let date = words.next()?.parse().ok()?;
            let version = words.next()?.parse().ok()?;
            let last_seq = words.next()?.parse().ok()?;
            let region = RegionId::new(words.next()?).ok()?;
            Some(News::Day { region, date, position: DayPosition { version, last_seq } })
        }
        "registry" => Some(News::Registry(words.next()?.parse().ok()?)),
        _ => None,
    }
}

impl Tx {
    /// Has the commit tell where the day then stands. `SQLite` has nobody to tell.
    pub(super) async fn tell_of_day(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<(), sqlx::Error> {
        if let Self::Postgres(tx) = self {
            let sql =
                concat!("SELECT ", tell_of_day!(), " FROM days WHERE region = $1 AND date = $2");
            let query = sqlx::query(sql).bind(region.as_str()).bind(date);
            query.execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Has the commit tell the registry's version.
    pub(super) async fn tell_of_registry(&mut self, version: i64) -> Result<(), sqlx::Error> {
        if let Self::Postgres(tx) = self {
            let sql = "SELECT pg_notify($1, $2)";
            let query = sqlx::query(sql).bind(CHANNEL).bind(format!("registry {version}"));
            query.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_read_and_others_are_not() {
        let day = News::Day {
            region: RegionId::new("shanghai").unwrap(),
            date: "2026-03-02".parse().unwrap(),
            position: DayPosition { version: 3, last_seq: 41 },
        };
        assert_eq!(read("day 2026-03-02 3 41 shanghai"), Some(day));
        assert_eq!(read("registry 7"), Some(News::Registry(7)));
        for other in ["", "day", "day 2026-03-02 3 x shanghai", "registry", "weather fine"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
