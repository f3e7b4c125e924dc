//! Rows of routes. The stops are read whole and stored whole: one text.

use super::sql::kept;
use super::{StoreError, Tx, stops};
use crate::model::{CourierId, HubId, RegionId, Route, RouteId, Shift};
use chrono::NaiveDate;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

#[derive(FromRow)]
struct RouteRecord {
    id: Uuid,
    courier: String,
    hub: String,
    version: i64,
    shift: Json<Shift>,
    stops: String,
}

impl Tx {
    /// The routes of a day in the order of their ids.
    pub(super) async fn routes(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Vec<Route>, StoreError> {
        let sql = "SELECT id, courier, hub, version, shift, stops FROM routes
                   WHERE region = $1 AND date = $2 ORDER BY id";
        let records: Vec<RouteRecord> = fetch_all!(*self, sql, region.as_str(), date)?;
        records.into_iter().map(|record| record.into_route(region, date)).collect()
    }

    /// The ids of a day's routes and their versions, in the order of the ids.
    pub(super) async fn route_versions(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Vec<(RouteId, i64)>, StoreError> {
        let sql = "SELECT id, version FROM routes WHERE region = $1 AND date = $2 ORDER BY id";
        let rows: Vec<(Uuid, i64)> = fetch_all!(*self, sql, region.as_str(), date)?;
        Ok(rows.into_iter().map(|(id, version)| (RouteId(id), version)).collect())
    }

    /// Routes of a day by their ids, in no order.
    pub(super) async fn routes_of(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
        ids: &[RouteId],
    ) -> Result<Vec<Route>, StoreError> {
        let records: Vec<RouteRecord> = fetch_rows!(
            *self,
            "SELECT id, courier, hub, version, shift, stops FROM routes
             JOIN (VALUES {rows}) AS given ON id = given.column1",
            ids,
            |id| [id.0]
        );
        records.into_iter().map(|record| record.into_route(region, date)).collect()
    }

    /// A route of a day by its id.
    pub(super) async fn route(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
        id: RouteId,
    ) -> Result<Option<Route>, StoreError> {
        let sql = "SELECT id, courier, hub, version, shift, stops FROM routes WHERE id = $1";
        let record: Option<RouteRecord> = fetch_optional!(*self, sql, id.0)?;
        record.map(|record| record.into_route(region, date)).transpose()
    }

    /// Inserts routes where there are none of their ids; how many were inserted.
    pub(super) async fn add_routes(&mut self, routes: &[Route]) -> Result<u64, sqlx::Error> {
        Ok(execute_rows!(
            *self,
            "INSERT INTO routes
                 (id, region, date, courier, hub, starts, ends, version, shift, stops,
                  paid_s)
             VALUES {rows} ON CONFLICT (id) DO NOTHING",
            routes,
            |route| [
                route.id.0,
                route.region.as_str(),
                route.date,
                route.courier.as_str(),
                route.hub.as_str(),
                kept(route.shift.starts),
                kept(route.shift.ends),
                route.version,
                Json(&route.shift),
                stops::write(&route.stops),
                route.duration_s().get(),
            ]
        ))
    }

    /// Replaces the shifts and stops of routes whose versions still hold; how many did.
    pub(super) async fn update_routes(&mut self, routes: &[Route]) -> Result<u64, sqlx::Error> {
        Ok(execute_rows!(
            *self,
            "UPDATE routes SET version = routes.version + 1, starts = given.column3,
                 ends = given.column4, shift = given.column5, stops = given.column6,
                 paid_s = given.column7
             FROM (VALUES {rows}) AS given
             WHERE routes.id = given.column1 AND routes.version = given.column2",
            routes,
            |route| [
                route.id.0,
                route.version,
                kept(route.shift.starts),
                kept(route.shift.ends),
                Json(&route.shift),
                stops::write(&route.stops),
                route.duration_s().get(),
            ]
        ))
    }
}

impl RouteRecord {
    fn into_route(self, region: &RegionId, date: NaiveDate) -> Result<Route, StoreError> {
        let id = RouteId(self.id);
        let bad = |column: &str| StoreError::Corrupt(format!("{id} has a {column} that is none"));
        Ok(Route {
            id,
            region: region.clone(),
            date,
            courier: CourierId::new(self.courier).map_err(|_| bad("courier"))?,
            hub: HubId::new(self.hub).map_err(|_| bad("hub"))?,
            ends_at: None,
            shift: self.shift.0,
            version: self.version,
            stops: stops::read(&self.stops)
                .map_err(|why| bad(&format!("list of stops ({why})")))?,
        })
    }
}
