//! What is imported: regions, hubs, couriers and the roster. Few rows, read whole, and read again
//! when their counter has moved.

use super::key::{KeyRow, read_keys};
use super::{Receipt, Store, StoreError, Tx};
use crate::model::{Courier, CourierId, Hub, HubId, ProgrammeId, Region, RegionId, RosterEntry};
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use std::collections::{BTreeMap, BTreeSet};

/// All that is imported, as of one moment, ordered by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegistryRows {
    /// Counts the writes to the registry.
    pub version: i64,
    /// The cities.
    pub regions: Vec<Region>,
    /// The service centres.
    pub hubs: Vec<Hub>,
    /// The couriers.
    pub couriers: Vec<Courier>,
    /// Who works when.
    pub roster: Vec<RosterEntry>,
    /// The shops that have had a key.
    pub programmes: Vec<ProgrammeId>,
    /// The API keys, the revoked ones too.
    pub keys: Vec<KeyRow>,
}

/// Rows to add or to replace. Regions, hubs and couriers are known by their ids, roster entries by
/// courier, day and start; of rows with the same key the last one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegistryChange {
    /// The cities.
    pub regions: Vec<Region>,
    /// The service centres; their regions are stored or among `regions`.
    pub hubs: Vec<Hub>,
    /// The couriers; their regions and hubs are stored or in this change.
    pub couriers: Vec<Courier>,
    /// Who works when; their couriers are stored or in this change.
    pub roster: Vec<RosterEntry>,
}

impl Store {
    /// The whole registry, as of one moment.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn registry(&self) -> Result<RegistryRows, StoreError> {
        let mut tx = self.read().await?;
        Ok(RegistryRows {
            version: version(&mut tx).await?,
            regions: documents(&mut tx, "SELECT document FROM regions ORDER BY id").await?,
            hubs: documents(&mut tx, "SELECT document FROM hubs ORDER BY id").await?,
            couriers: documents(&mut tx, "SELECT document FROM couriers ORDER BY id").await?,
            roster: documents(
                &mut tx,
                "SELECT document FROM roster ORDER BY courier, date, starts",
            )
            .await?,
            programmes: programmes(&mut tx).await?,
            keys: read_keys(&mut tx).await?,
        })
    }

    /// The counter of the registry's writes: when it has moved, the registry is worth reading.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn registry_version(&self) -> Result<i64, StoreError> {
        version(&mut self.read().await?).await
    }

    /// Adds or replaces rows, all or none, with what the requests for them are answered, and gives the
    /// registry's new version.
    ///
    /// # Errors
    /// [`StoreError::UnknownReference`] when a row names a region, hub or courier that is neither
    /// stored nor in the change, [`StoreError::Conflict`] when a receipt is stored already.
    pub async fn upsert_registry(
        &self,
        change: &RegistryChange,
        receipts: &[Receipt],
    ) -> Result<i64, StoreError> {
        let mut tx = self.write().await?;
        let version = bump(&mut tx).await?;
        tx.keep_receipts(receipts).await?;
        let written = upsert(&mut tx, change).await.map_err(StoreError::from);
        if let Err(StoreError::UnknownReference { .. }) = written {
            drop(tx);
            return Err(self.dangling(change).await?);
        }
        written?;
        tx.commit().await?;
        Ok(version)
    }

    /// Which row of the change names what is not there: the engines tell only that one does.
    async fn dangling(&self, change: &RegistryChange) -> Result<StoreError, StoreError> {
        let stored = self.registry().await?;
        Ok(change.dangling(&stored).unwrap_or(StoreError::Conflict))
    }
}

impl RegistryChange {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.regions.len() + self.hubs.len() + self.couriers.len() + self.roster.len()
    }

    fn dangling(&self, stored: &RegistryRows) -> Option<StoreError> {
        let regions: BTreeSet<&RegionId> =
            stored.regions.iter().chain(&self.regions).map(|region| &region.id).collect();
        let hubs: BTreeSet<&HubId> =
            stored.hubs.iter().chain(&self.hubs).map(|hub| &hub.id).collect();
        let couriers: BTreeSet<&CourierId> =
            stored.couriers.iter().chain(&self.couriers).map(|courier| &courier.id).collect();
        let hub_region = self.hubs.iter().find(|hub| !regions.contains(&hub.region));
        let courier_region = self.couriers.iter().find(|c| !regions.contains(&c.region));
        let courier_hub = self.couriers.iter().find(|c| !hubs.contains(&c.hub));
        let roster_courier = self.roster.iter().find(|e| !couriers.contains(&e.courier));
        None.or_else(|| {
            hub_region
                .map(|hub| unknown(format!("hub '{}'", hub.id), format!("region '{}'", hub.region)))
        })
        .or_else(|| {
            courier_region
                .map(|c| unknown(format!("courier '{}'", c.id), format!("region '{}'", c.region)))
        })
        .or_else(|| {
            courier_hub.map(|c| unknown(format!("courier '{}'", c.id), format!("hub '{}'", c.hub)))
        })
        .or_else(|| {
            roster_courier.map(|entry| {
                let what = format!("the shift '{}' from {}", entry.date, entry.starts);
                unknown(what, format!("courier '{}'", entry.courier))
            })
        })
    }
}

fn unknown(what: String, reference: String) -> StoreError {
    StoreError::UnknownReference { what, reference }
}

/// Counts a write to the registry. Every writer does it first, so that they come one by one.
pub(super) async fn bump(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = "UPDATE registry_version SET version = version + 1 RETURNING version";
    let version = counter(fetch_optional!(*tx, sql)?)?;
    tx.tell_of_registry(version).await?;
    Ok(version)
}

async fn version(tx: &mut Tx) -> Result<i64, StoreError> {
    counter(fetch_optional!(*tx, "SELECT version FROM registry_version")?)
}

fn counter(row: Option<(i64,)>) -> Result<i64, StoreError> {
    let missing = || StoreError::Corrupt("registry_version has no row".to_owned());
    row.map(|(version,)| version).ok_or_else(missing)
}

async fn documents<T: DeserializeOwned + Send + Unpin + 'static>(
    tx: &mut Tx,
    sql: &'static str,
) -> Result<Vec<T>, StoreError> {
    let rows: Vec<(Json<T>,)> = fetch_all!(*tx, sql)?;
    Ok(rows.into_iter().map(|(Json(document),)| document).collect())
}

async fn programmes(tx: &mut Tx) -> Result<Vec<ProgrammeId>, StoreError> {
    let rows: Vec<(String,)> = fetch_all!(*tx, "SELECT id FROM programmes ORDER BY id")?;
    let bad = || StoreError::Corrupt("a programme has an id that is none".to_owned());
    rows.into_iter().map(|(id,)| ProgrammeId::new(id).map_err(|_| bad())).collect()
}

async fn upsert(tx: &mut Tx, change: &RegistryChange) -> Result<(), sqlx::Error> {
    let regions = last_of_each(&change.regions, |region| region.id.clone());
    execute_rows!(
        *tx,
        "INSERT INTO regions (id, document) VALUES {rows}
         ON CONFLICT (id) DO UPDATE SET document = excluded.document",
        &regions,
        |row| [row.id.as_str(), Json(row)]
    );
    let hubs = last_of_each(&change.hubs, |hub| hub.id.clone());
    execute_rows!(
        *tx,
        "INSERT INTO hubs (id, region, document) VALUES {rows}
         ON CONFLICT (id) DO UPDATE SET region = excluded.region, document = excluded.document",
        &hubs,
        |row| [row.id.as_str(), row.region.as_str(), Json(row)]
    );
    let couriers = last_of_each(&change.couriers, |courier| courier.id.clone());
    execute_rows!(
        *tx,
        "INSERT INTO couriers (id, region, hub, document) VALUES {rows}
         ON CONFLICT (id) DO UPDATE
         SET region = excluded.region, hub = excluded.hub, document = excluded.document",
        &couriers,
        |row| [row.id.as_str(), row.region.as_str(), row.hub.as_str(), Json(row)]
    );
    let key = |entry: &RosterEntry| (entry.courier.clone(), entry.date.to_string(), entry.starts);
    let roster = last_of_each(&change.roster, key);
    execute_rows!(
        *tx,
        "INSERT INTO roster (courier, date, starts, document) VALUES {rows}
         ON CONFLICT (courier, date, starts) DO UPDATE SET document = excluded.document",
        &roster,
        |row| [row.courier.as_str(), row.date.to_string(), row.starts, Json(row)]
    );
    Ok(())
}

/// One statement may not write a row twice.
fn last_of_each<T, K: Ord>(rows: &[T], key: impl Fn(&T) -> K) -> Vec<&T> {
    rows.iter().map(|row| (key(row), row)).collect::<BTreeMap<_, _>>().into_values().collect()
}
