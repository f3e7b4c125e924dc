//! A service with a small city, on a clock that stands still at 08:30 on a Monday in Shanghai.

use super::actors::Actor;
use super::database::{Engine, TestDatabase, databases};
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::clock::Clock;
use doorstep::desk::{Desk, NewKey, Role};
use doorstep::http::{HttpSettings, openapi, router, serve};
use doorstep::model::{CourierId, ProgrammeId, RegionId};
use doorstep::planning::Effort;
use doorstep::store::Store;
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const TODAY: &str = "2026-03-02";

/// A running service and its callers.
pub(crate) struct Service {
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    /// The checkout of the programme `shop`.
    pub(crate) checkout: Actor,
    /// The slot picker of the same programme.
    pub(crate) picker: Actor,
    /// The checkout of another programme.
    pub(crate) other_checkout: Actor,
    /// The courier `c1` of Shanghai.
    pub(crate) courier: Actor,
    /// The courier `c9`, who never works.
    pub(crate) idle_courier: Actor,
    /// A dispatcher of Shanghai.
    pub(crate) dispatcher: Actor,
    /// A dispatcher of Nanjing.
    pub(crate) far_dispatcher: Actor,
    pub(crate) admin: Actor,
    /// Without a key.
    pub(crate) nobody: Actor,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<io::Result<()>>>,
    database: TestDatabase,
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The server may be gone already.
            let _ = stop.send(());
        }
    }
}

/// Runs a test against a fresh service on each database there is.
pub(crate) async fn on_each_database(test: impl AsyncFn(Service)) {
    for database in databases().await {
        test(Service::start(database).await).await;
    }
}

/// Runs a test on SQLite alone: for what does not depend on the database.
pub(crate) async fn on_sqlite(test: impl AsyncFn(Service)) {
    let all = databases().await.into_iter();
    for database in all.filter(|database| database.engine == Engine::Sqlite) {
        test(Service::start(database).await).await;
    }
}

/// As always, but that a re-plan is counted in iterations, and that receivers of tests may be told.
pub(crate) fn settings() -> HttpSettings {
    let usual = HttpSettings::default();
    let replan = Effort { iterations: Some(1_000), time_limit: None, ..usual.replan };
    let repair = Effort { iterations: Some(500), time_limit: None, ..usual.repair };
    HttpSettings { replan, repair, allow_private_webhooks: true, ..usual }
}

impl Service {
    async fn start(database: TestDatabase) -> Self {
        let clock = Clock::manual("2026-03-02T00:30:00Z".parse().unwrap());
        let desk = Desk::open(database.store().await, clock.clone()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let app = router(desk.clone(), settings());
        let served = tokio::spawn(serve(listener, app, async {
            let _ = stopped.await;
        }));
        let nobody = Actor {
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            base,
            token: None,
            document: Arc::new(serde_json::to_value(openapi()).unwrap()),
        };
        let admin = with_key(&desk, &nobody, key(Role::Admin)).await;
        import_city(&admin).await;
        let of_programme = |name| NewKey {
            programme: Some(ProgrammeId::new(name).unwrap()),
            ..key(Role::Checkout)
        };
        let of_picker = NewKey { role: Role::Picker, ..of_programme("shop") };
        let of_courier =
            |name| NewKey { courier: Some(CourierId::new(name).unwrap()), ..key(Role::Courier) };
        let of_region =
            |name| NewKey { region: Some(RegionId::new(name).unwrap()), ..key(Role::Dispatcher) };
        Self {
            checkout: with_key(&desk, &nobody, of_programme("shop")).await,
            picker: with_key(&desk, &nobody, of_picker).await,
            other_checkout: with_key(&desk, &nobody, of_programme("other-shop")).await,
            courier: with_key(&desk, &nobody, of_courier("c1")).await,
            idle_courier: with_key(&desk, &nobody, of_courier("c9")).await,
            dispatcher: with_key(&desk, &nobody, of_region("shanghai")).await,
            far_dispatcher: with_key(&desk, &nobody, of_region("nanjing")).await,
            admin,
            nobody,
            clock,
            store: desk.store().clone(),
            stop: Some(stop),
            served: Some(served),
            database,
        }
    }

    /// Tells the server to stop, and waits until it has.
    pub(crate) async fn stop(mut self) -> io::Result<()> {
        drop(self.stop.take());
        self.served.take().unwrap().await.unwrap()
    }

    /// Another process on the same database and clock, until the test ends: for an actor, the same
    /// one there.
    pub(crate) async fn replica(&self, actor: &Actor, settings: HttpSettings) -> Actor {
        let desk = Desk::open(self.database.store().await, self.clock.clone()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, router(desk, settings), std::future::pending()));
        Actor { base, ..actor.clone() }
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.advance_to(self.clock.now() + time);
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Today's slots for a phone to be collected at People's Square.
    pub(crate) async fn slots(&self) -> Vec<Value> {
        let answer = self.checkout.post("/v1/slot-searches", &search()).await.expect(200);
        answer["slots"].as_array().unwrap().clone()
    }

    /// The offer of today's first slot that is available.
    pub(crate) async fn offer(&self) -> String {
        let slots = self.slots().await;
        let open = slots.iter().find(|slot| slot["status"] == "available").expect("a slot is open");
        open["offer"].as_str().unwrap().to_owned()
    }

    /// A fresh hold.
    pub(crate) async fn hold(&self) -> Value {
        let offer = self.offer().await;
        self.checkout.post("/v1/holds", &json!({ "offer": offer })).await.expect(201)
    }

    /// A fresh booking.
    pub(crate) async fn booking(&self, external_id: &str) -> Value {
        let hold = self.hold().await;
        let body = json!({
            "hold_id": hold["id"], "external_id": external_id, "contact": contact()
        });
        self.checkout.post("/v1/bookings", &body).await.expect(201)
    }
}

fn key(role: Role) -> NewKey {
    NewKey { role, programme: None, region: None, courier: None }
}

async fn with_key(desk: &Desk, nobody: &Actor, new: NewKey) -> Actor {
    let (_, token) = desk.create_key(new).await.unwrap();
    Actor { token: Some(token), ..nobody.clone() }
}

/// What a search asks for: a phone to be collected at People's Square, today.
pub(crate) fn search() -> Value {
    json!({
        "region": "shanghai",
        "place": { "lon": 121.4737, "lat": 31.2304 },
        "kind": "pickup",
        "devices": [{ "category": "phone", "brand": "Huawei", "model": "P20" }],
        "from": TODAY,
        "days": 1,
    })
}

pub(crate) fn contact() -> Value {
    json!({ "name": "Lin", "phone": "13800000000", "address": "1 Example Road" })
}

async fn import_city(admin: &Actor) {
    let regions = json!([
        {
            "id": "shanghai", "name": "Shanghai", "time_zone": "Asia/Shanghai",
            "area": { "bbox": [121.1, 30.9, 121.9, 31.5] }
        },
        {
            "id": "nanjing", "name": "Nanjing", "time_zone": "Asia/Shanghai",
            "area": { "bbox": [118.5, 31.8, 119.1, 32.3] }
        },
    ]);
    admin.post("/v1/regions", &regions).await.expect(200);
    let hubs = "id,region,name,lon,lat,opens,closes\n\
        h1,shanghai,Huangpu,121.48,31.22,08:00,22:00\n\
        h2,shanghai,Pudong,121.52,31.23,08:00,22:00\n";
    admin.post_as("text/csv", "/v1/hubs", hubs).await.expect(200);
    let couriers = "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,\
        skills\n\
        c1,shanghai,Chen,ebike,h1,20,50000,100000,,\n\
        c9,shanghai,Zhou,ebike,h1,20,50000,100000,,\n";
    admin.post_as("text/csv", "/v1/couriers", couriers).await.expect(200);
    let shifts = "courier,date,starts,ends,break_earliest,break_latest,break_s\n\
        c1,daily,09:00,18:00,11:30,13:30,1800\n";
    admin.post_as("text/csv", "/v1/shifts", shifts).await.expect(200);
}
