//! Load: so many connections as fast as they are answered, or so many starts a second whatever the
//! answers take.

use super::client::Connection;
use doorstep::clock::Stopwatch;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

/// How requests begin.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// Each connection's next one when its last is answered.
    Closed,
    /// So many a second, one after the other on whichever connection is free; times count from the
    /// moment at which a request was to begin.
    Open(f64),
}

/// A run of load.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    pub(crate) pace: Pace,
    pub(crate) length: Duration,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// How long each answered request took.
    took: Vec<Duration>,
    /// Requests that were answered otherwise than hoped for.
    pub(crate) refused: usize,
    /// How long the run took.
    length: Duration,
}

impl Tally {
    pub(crate) fn answered(&mut self, took: Duration) {
        self.took.push(took);
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn per_s(&self) -> f64 {
        self.took.len() as f64 / self.length.as_secs_f64()
    }

    /// A share of requests, in thousandths, took no longer.
    pub(crate) fn within(&self, permille: usize) -> Duration {
        let mut took = self.took.clone();
        took.sort_unstable();
        took.get((took.len() * permille / 1_000).min(took.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }
}

/// What a request began by: when it was to begin, by the run's watch, and its number.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    pub(crate) at: Duration,
    pub(crate) number: usize,
}

/// What the connections of a run share.
pub(crate) struct Shared {
    pub(crate) watch: Stopwatch,
    pub(crate) tally: RefCell<Tally>,
    next: Cell<usize>,
    is_over: Cell<bool>,
    run: Run,
}

impl Shared {
    /// The next request of whoever asks, when it is to begin; nothing once the run is over.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    async fn next(&self) -> Option<Start> {
        let number = self.next.replace(self.next.get() + 1);
        let at = match self.run.pace {
            Pace::Closed => self.watch.elapsed(),
            Pace::Open(per_s) => Duration::from_secs_f64(number as f64 / per_s),
        };
        if at >= self.run.length || self.is_over.get() {
            return None;
        }
        let wait = at.saturating_sub(self.watch.elapsed());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Some(Start { at, number })
    }

    /// Notes an answer to what was to begin at `at`. When it came.
    pub(crate) fn answered(&self, at: Duration) -> Duration {
        let now = self.watch.elapsed();
        self.tally.borrow_mut().answered(now.saturating_sub(at));
        now
    }

    /// Nothing more begins.
    pub(crate) fn stop(&self) {
        self.is_over.set(true);
    }

    pub(crate) fn refused(&self) {
        self.tally.borrow_mut().refused += 1;
    }
}

/// Runs load on this thread alone. `work` does what one start begins.
pub(crate) fn run(
    run: Run,
    work: impl AsyncFn(&mut Connection, Start, &Shared) + 'static,
) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let shared = Rc::new(Shared {
        watch: Stopwatch::start(),
        tally: RefCell::default(),
        next: Cell::new(0),
        is_over: Cell::new(false),
        run,
    });
    let local = tokio::task::LocalSet::new();
    let work = Rc::new(work);
    for _ in 0..run.connections {
        let (shared, work) = (Rc::clone(&shared), Rc::clone(&work));
        local.spawn_local(async move {
            let mut connection = Connection::open(run.address).await.expect("the service listens");
            while let Some(start) = shared.next().await {
                work(&mut connection, start, &shared).await;
            }
        });
    }
    runtime.expect("a runtime starts").block_on(local);
    let mut tally = shared.tally.take();
    tally.length = shared.watch.elapsed();
    tally
}
