//! What is imported, and the counter of its writes.

use crate::database::databases;
use crate::sample::{cities, courier, hub, region, registry, roster};
use doorstep::store::{RegistryChange, RegistryRows, StoreError};

#[tokio::test]
async fn a_fresh_registry_is_empty_and_at_zero() {
    for database in databases().await {
        let store = database.store().await;
        assert_eq!(store.registry().await, Ok(RegistryRows::default()));
        assert_eq!(store.registry_version().await, Ok(0));
    }
}

#[tokio::test]
async fn what_is_imported_reads_back_as_it_was() {
    for city in cities().await {
        let rows = city.store.registry().await.unwrap();
        let given = registry();
        assert_eq!(rows.version, 1);
        assert_eq!(rows.regions, given.regions);
        assert_eq!(rows.hubs, given.hubs);
        assert_eq!(rows.couriers, given.couriers);
        assert_eq!(rows.roster, given.roster);
    }
}

#[tokio::test]
async fn rows_of_the_same_key_are_replaced_and_the_counter_moves() {
    for city in cities().await {
        let mut renamed = courier("bo", "shanghai", "pudong");
        renamed.name = "Bo Bo".to_owned();
        let mut longer = roster("bo", "mon-fri");
        longer.ends = "20:00:00".parse().unwrap();
        let change = RegistryChange {
            couriers: vec![courier("bo", "shanghai", "pudong"), renamed.clone()],
            roster: vec![longer.clone(), roster("bo", "2026-03-02")],
            ..RegistryChange::default()
        };
        assert_eq!(city.store.upsert_registry(&change, &[]).await, Ok(2));
        assert_eq!(city.store.registry_version().await, Ok(2));
        let rows = city.store.registry().await.unwrap();
        assert_eq!(rows.couriers.len(), 3);
        assert!(rows.couriers.contains(&renamed), "the last of two rows with one id counts");
        let of_bo: Vec<_> = rows.roster.iter().filter(|e| e.courier == renamed.id).collect();
        assert_eq!(of_bo, [&roster("bo", "2026-03-02"), &longer]);
    }
}

#[tokio::test]
async fn ids_are_ordered_byte_by_byte_on_both_engines() {
    for city in cities().await {
        let hubs = ["b", "A", "a-1", "a_1", "Z", "a.1"].map(|id| hub(id, "shanghai"));
        let change = RegistryChange { hubs: hubs.to_vec(), ..RegistryChange::default() };
        city.store.upsert_registry(&change, &[]).await.unwrap();
        let rows = city.store.registry().await.unwrap();
        let ids: Vec<&str> = rows.hubs.iter().map(|hub| hub.id.as_str()).collect();
        assert_eq!(ids, ["A", "Z", "a-1", "a.1", "a_1", "b", "pudong"]);
    }
}

#[tokio::test]
async fn more_rows_than_one_statement_takes_are_all_written() {
    for city in cities().await {
        let names: Vec<String> = (0..1_000).map(|n| format!("c{n:04}")).collect();
        let change = RegistryChange {
            couriers: names.iter().map(|n| courier(n, "shanghai", "pudong")).collect(),
            roster: names.iter().map(|n| roster(n, "daily")).collect(),
            ..RegistryChange::default()
        };
        city.store.upsert_registry(&change, &[]).await.unwrap();
        let rows = city.store.registry().await.unwrap();
        assert_eq!((rows.couriers.len(), rows.roster.len()), (1_003, 1_003));
    }
}

#[tokio::test]
async fn a_row_that_names_what_is_not_there_is_told_and_nothing_is_written() {
    let whole = RegistryChange::default;
    let changes = [
        (
            RegistryChange { hubs: vec![hub("h", "atlantis")], ..whole() },
            "hub 'h' names region 'atlantis'",
        ),
        (
            RegistryChange { couriers: vec![courier("c", "atlantis", "pudong")], ..whole() },
            "courier 'c' names region 'atlantis'",
        ),
        (
            RegistryChange { couriers: vec![courier("c", "shanghai", "nowhere")], ..whole() },
            "courier 'c' names hub 'nowhere'",
        ),
        (
            RegistryChange { roster: vec![roster("nobody", "daily")], ..whole() },
            "the shift 'daily' from 09:00:00 names courier 'nobody'",
        ),
    ];
    for city in cities().await {
        let before = city.store.registry().await.unwrap();
        for (change, told) in &changes {
            let mut change = change.clone();
            change.regions.push(region("beijing"));
            let error = city.store.upsert_registry(&change, &[]).await.unwrap_err();
            assert!(matches!(error, StoreError::UnknownReference { .. }), "{error}");
            assert!(error.to_string().starts_with(told), "{error}");
        }
        assert_eq!(city.store.registry().await, Ok(before), "{:?}", city.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_that_come_at_once_all_count() {
    for city in cities().await {
        let mut imports = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = city.store.clone();
            imports.spawn(async move { store.upsert_registry(&registry(), &[]).await });
        }
        let mut versions: Vec<i64> =
            imports.join_all().await.into_iter().map(Result::unwrap).collect();
        versions.sort_unstable();
        assert_eq!(versions, (2..10).collect::<Vec<_>>(), "{:?}", city.engine);
    }
}
