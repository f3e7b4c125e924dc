//! Two services on one PostgreSQL, and a crowd at both that does not give up.

use super::board;
use super::caller::Caller;
use super::city::{CLOCK, DATES, Keys, large};
use super::customers::{Acknowledged, Bookings, attempt};
use super::database::{TestDatabase, postgres};
use super::process::Process;
use doorstep::clock::Stopwatch;
use doorstep::simulation::Customer;
use reqwest::Method;
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const CUSTOMERS: usize = 400;
const AT_ONCE: usize = 200;
/// Room for these beside the customers: a hold whose answer was lost keeps its place for a while.
const SPARE: u32 = 200;
/// When a trial is given up.
const GIVE_UP: Duration = Duration::from_mins(4);

/// The services and their crowd.
pub(crate) struct Trial {
    pub(crate) database: TestDatabase,
    pub(crate) replicas: Vec<Process>,
    urls: [String; 2],
    keys: Keys,
    doors: Doors,
    told: UnboundedReceiver<Acknowledged>,
    acknowledged: Bookings,
}

/// Where the services are at the moment, and how often one of them turned somebody away.
#[derive(Clone)]
struct Doors {
    callers: Arc<Mutex<Vec<Caller>>>,
    refusals: Arc<AtomicUsize>,
}

impl Trial {
    /// Starts both services, each at its own address of the same database, which `prepare` makes of
    /// the city's, and lets the crowd in. Nothing where there is no PostgreSQL.
    pub(crate) async fn start(prepare: impl AsyncFnOnce(&str) -> [String; 2]) -> Option<Self> {
        let database = postgres().await?;
        let (city, mut customers) = large(u32::try_from(CUSTOMERS).unwrap() + SPARE, DATES.len());
        customers.truncate(CUSTOMERS);
        let keys = Keys::of_fresh_city(&database, &city).await;
        let urls = prepare(&database.url).await;
        let replicas: Vec<Process> = urls.iter().map(|url| Process::serve(url, CLOCK)).collect();
        let callers = replicas.iter().map(|replica| keys.checkout(replica)).collect();
        let doors = Doors { callers: Arc::new(Mutex::new(callers)), refusals: Arc::default() };
        let told = let_in(customers, &doors);
        let acknowledged = Bookings::new();
        Some(Self { database, replicas, urls, keys, doors, told, acknowledged })
    }

    /// Waits until so many customers more have their booking; whether that came to pass within the
    /// time.
    pub(crate) async fn more_within(&mut self, more: usize, time: Duration) -> bool {
        let wanted = self.acknowledged.len() + more;
        let waiting = async {
            while self.acknowledged.len() < wanted {
                let Acknowledged { external_id, id } =
                    self.told.recv().await.expect("customers are left");
                self.acknowledged.insert(external_id, id);
            }
        };
        tokio::time::timeout(time, waiting).await.is_ok()
    }

    /// As [`Self::more_within`], however long it takes.
    pub(crate) async fn more(&mut self, more: usize) {
        assert!(self.more_within(more, GIVE_UP).await, "no more bookings come to be");
    }

    /// Kills a service and starts it again.
    pub(crate) fn restart(&mut self, replica: usize) {
        self.replicas[replica].kill();
        self.replicas[replica] = Process::serve(&self.urls[replica], CLOCK);
        let caller = self.keys.checkout(&self.replicas[replica]);
        self.doors.callers.lock().unwrap()[replica] = caller;
    }

    /// Waits until each service takes a hold's way again, and prints how long that took.
    #[expect(clippy::print_stderr, reason = "how long recovery takes is shown")]
    pub(crate) async fn recovered(&self, fault: &str) {
        let since = Stopwatch::start();
        for replica in &self.replicas {
            let dispatcher = self.keys.dispatcher(replica);
            let path = format!("/v1/regions/shanghai/days/{}", DATES[0]);
            let answering = async {
                while !matches!(
                    (dispatcher.get("/readyz").await.status, dispatcher.get(&path).await.status),
                    (200, 200)
                ) {}
            };
            tokio::time::timeout(GIVE_UP, answering).await.expect("the service serves again");
        }
        eprintln!("{fault}: both serve again after {} ms", since.elapsed().as_millis());
    }

    /// How often a service turned a customer away so far.
    pub(crate) fn refusals(&self) -> usize {
        self.doors.refusals.load(Ordering::Relaxed)
    }

    /// Serves everyone who is left. Then everyone has one booking, on one route, in a sound plan,
    /// and both services say so. Returns the database.
    #[expect(clippy::print_stderr, reason = "what the fault cost is shown")]
    pub(crate) async fn ends_well(mut self, fault: &str) -> TestDatabase {
        self.more(CUSTOMERS - self.acknowledged.len()).await;
        assert!(self.told.recv().await.is_none());
        eprintln!("{fault}: all served, {} times told to come again", self.refusals());
        let booked: BTreeSet<String> = self.acknowledged.values().cloned().collect();
        assert_eq!(booked.len(), CUSTOMERS, "two customers have the same booking");
        let fresh = Process::serve(&self.database.url, CLOCK);
        let confirmed = board::confirmed(&self.keys.dispatcher(&fresh)).await;
        assert!(booked.iter().eq(&confirmed), "{} of {CUSTOMERS} are stored", confirmed.len());
        for replica in &self.replicas {
            let sees_all = self.sees(replica, &booked);
            let in_time = tokio::time::timeout(GIVE_UP, sees_all).await;
            in_time.expect("the service hears of the other's bookings");
        }
        self.database
    }

    /// Asks a service until it shows these bookings: it may hear of the other's a little later.
    async fn sees(&self, replica: &Process, booked: &BTreeSet<String>) {
        let dispatcher = self.keys.dispatcher(replica);
        while !booked.iter().eq(&board::confirmed(&dispatcher).await) {}
    }
}

/// Has the customers served, many at a time.
fn let_in(customers: Vec<Customer>, doors: &Doors) -> UnboundedReceiver<Acknowledged> {
    let waiting = Arc::new(Mutex::new(VecDeque::from(customers)));
    let (tell, told) = unbounded_channel();
    for worker in 0..AT_ONCE {
        tokio::spawn(work(worker, Arc::clone(&waiting), doors.clone(), tell.clone()));
    }
    told
}

async fn work(
    worker: usize,
    waiting: Arc<Mutex<VecDeque<Customer>>>,
    doors: Doors,
    tell: UnboundedSender<Acknowledged>,
) {
    loop {
        let Some(customer) = waiting.lock().unwrap().pop_front() else { return };
        let external_id = customer.booking["external_id"].as_str().unwrap().to_owned();
        let id = doors.insist(&customer, worker).await;
        // Nobody listens any more where the test has failed.
        if tell.send(Acknowledged { external_id, id }).is_err() {
            return;
        }
    }
}

impl Doors {
    /// Comes again, at the other door, until there is a booking.
    async fn insist(&self, customer: &Customer, first: usize) -> String {
        for door in first.. {
            let (here, there) = {
                let callers = self.callers.lock().unwrap();
                let at = |door: usize| callers[door % callers.len()].clone();
                // A balancer may send a hold here and its confirmation there.
                (at(door), at(door + usize::from(door % 3 == 0)))
            };
            match attempt(customer, &here, &there).await {
                Ok(Some(id)) => return id,
                Ok(None) => {
                    self.refusals.fetch_add(1, Ordering::Relaxed);
                }
                Err(_gone) => {}
            }
            // Whether it is ready is told in its own time; a door that is closed is left for the next.
            let _ready = here.send(Method::GET, "/readyz", None).await;
        }
        unreachable!("there is always another door")
    }
}
