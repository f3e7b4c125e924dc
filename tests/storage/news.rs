//! What a replica hears of the others' commits.

use crate::database::Engine;
use crate::sample::{City, booked, cities, commit, date, hold, region_id, registry, route};
use doorstep::store::{DayPosition, DayRows, News};
use sqlx::{Connection, PgConnection};

fn of_day(day: &DayRows) -> News {
    let DayRows { version, last_seq, .. } = *day;
    News::Day { region: region_id(), date: date(), position: DayPosition { version, last_seq } }
}

async fn cities_on_postgres() -> impl Iterator<Item = City> {
    cities().await.into_iter().filter(|city| city.engine == Engine::Postgres)
}

#[tokio::test]
async fn sqlite_notifies_nobody() {
    for city in cities().await.into_iter().filter(|city| city.engine == Engine::Sqlite) {
        assert!(city.store.listen().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn every_commit_is_heard_in_its_order_and_no_refused_one() {
    for city in cities_on_postgres().await {
        let mut listener = city.store.listen().await.unwrap().unwrap();
        let opened = city.open_day(&["anna"]).await;
        assert_eq!(listener.next().await.unwrap(), of_day(&opened));
        city.open_day(&["anna"]).await;
        city.store.commit_day(&booked(&route("anna"), vec![hold(1)])).await.unwrap();
        let booked_day = city.day().await;
        city.store.commit_day(&booked(&route("anna"), vec![hold(2)])).await.unwrap_err();
        let version = city.store.upsert_registry(&registry(), &[]).await.unwrap();
        assert_eq!(listener.next().await.unwrap(), of_day(&booked_day));
        assert_eq!(listener.next().await.unwrap(), News::Registry(version));
    }
}

#[tokio::test]
async fn a_listener_whose_connection_is_cut_tells_so_and_listens_on() {
    for city in cities_on_postgres().await {
        city.open_day(&["anna"]).await;
        let mut listener = city.store.listen().await.unwrap().unwrap();
        let mut raw = PgConnection::connect(&city.database.url).await.unwrap();
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'doorstep' AND datname = current_database()";
        sqlx::query(cut).execute(&mut raw).await.unwrap();
        match listener.next().await {
            Ok(news) => assert_eq!(news, News::Gap),
            // The server said why it left: the one who listens begins anew.
            Err(error) => {
                assert!(error.is_transient(), "{error}");
                listener = city.store.listen().await.unwrap().unwrap();
            }
        }
        city.store.commit_day(&commit()).await.unwrap();
        assert_eq!(listener.next().await.unwrap(), of_day(&city.day().await));
    }
}

#[tokio::test]
async fn positions_are_told_of_days_that_were_opened() {
    for city in cities().await {
        let (today, tomorrow) = ((region_id(), date()), (region_id(), date().succ_opt().unwrap()));
        let day = city.open_day(&["anna"]).await;
        let found = city.store.day_positions(&[today, tomorrow]).await.unwrap();
        let position = DayPosition { version: day.version, last_seq: day.last_seq };
        assert_eq!(found, [(region_id(), date(), position)]);
    }
}
