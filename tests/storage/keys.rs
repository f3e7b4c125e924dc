//! API keys and shared secrets.

use crate::database::databases;
use crate::sample::{at, courier_id, programme, region_id};
use doorstep::model::KeyId;
use doorstep::store::{KeyRow, StoreError};
use uuid::Uuid;

fn key(number: u8) -> KeyRow {
    KeyRow {
        id: KeyId(Uuid::from_u128(number.into())),
        role: "checkout".to_owned(),
        programme: Some(programme("flagship")),
        region: None,
        courier: None,
        hash: [number; 32],
        label: "…f00d".to_owned(),
        created_at: at("2026-03-01T08:00:00.123456Z"),
        revoked_at: None,
    }
}

#[tokio::test]
async fn a_key_reads_back_and_its_programme_is_known() {
    for database in databases().await {
        let store = database.store().await;
        let of_courier = KeyRow {
            role: "courier".to_owned(),
            programme: None,
            region: Some(region_id()),
            courier: Some(courier_id("anna")),
            ..key(2)
        };
        store.insert_key(&key(1), &[]).await.unwrap();
        store.insert_key(&of_courier, &[]).await.unwrap();
        store.insert_key(&key(3), &[]).await.unwrap();
        let keys = [key(1), of_courier, key(3)];
        assert_eq!(store.keys().await.unwrap(), keys);
        let registry = store.registry().await.unwrap();
        assert_eq!(registry.programmes, [programme("flagship")]);
        assert_eq!(registry.keys, keys);
        assert_eq!(registry.version, 3, "each key moved the counter");
    }
}

#[tokio::test]
async fn a_token_or_an_id_is_used_once() {
    for database in databases().await {
        let store = database.store().await;
        store.insert_key(&key(1), &[]).await.unwrap();
        let same_hash = KeyRow { hash: [1; 32], ..key(2) };
        assert_eq!(store.insert_key(&same_hash, &[]).await, Err(StoreError::KeyTaken));
        let same_id = KeyRow { id: key(1).id, ..key(2) };
        assert_eq!(store.insert_key(&same_id, &[]).await, Err(StoreError::KeyTaken));
        assert_eq!(store.registry_version().await, Ok(1), "what fails does not count");
    }
}

#[tokio::test]
async fn a_key_is_revoked_once_and_the_first_moment_stays() {
    for database in databases().await {
        let store = database.store().await;
        store.insert_key(&key(1), &[]).await.unwrap();
        let (first, later) = (at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z"));
        assert_eq!(store.revoke_key(key(1).id, first).await, Ok(true));
        assert_eq!(store.revoke_key(key(1).id, later).await, Ok(false));
        assert_eq!(store.revoke_key(key(9).id, later).await, Ok(false));
        assert_eq!(store.keys().await.unwrap()[0].revoked_at, Some(first));
        assert_eq!(store.registry_version().await, Ok(2));
    }
}

#[test]
fn a_key_does_not_show_its_hash() {
    assert!(!format!("{:?}", key(1)).contains("1, 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_replicas_get_the_same_secret() {
    for database in databases().await {
        let store = database.store().await;
        let mut replicas = tokio::task::JoinSet::new();
        for number in 0..8_u8 {
            let store = store.clone();
            replicas.spawn(async move { store.secret("offers", &[number; 32]).await.unwrap() });
        }
        let secrets = replicas.join_all().await;
        assert!(secrets.iter().all(|secret| *secret == secrets[0]), "{:?}", database.engine);
        assert_eq!(store.secret("another", b"x").await.unwrap(), b"x");
    }
}
