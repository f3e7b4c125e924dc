//! `doorstep serve`: the API on a database.

use super::CliError;
use super::clock::moment;
use crate::clock::Clock;
use crate::config::{Connection, PageOptions, Replanning, WebhookPolicy};
use crate::desk::{Desk, DeskSettings};
use crate::events::{Guard, Worker, WorkerSettings};
use crate::http::{self, HttpSettings, MapSource, PageFiles};
use crate::planning::Effort;
use chrono::{DateTime, Utc};
use clap::Args;
use std::io::ErrorKind;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What to serve, and where.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    replanning: Replanning,
    #[command(flatten)]
    webhooks: WebhookPolicy,
    #[command(flatten)]
    pages: PageOptions,
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Start the service's own clock at this moment (RFC 3339), for rehearsals and tests.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    clock: Option<DateTime<Utc>>,
    /// Let the service's clock run so many times as fast.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    speed: f64,
}

/// A factor for a clock.
pub(super) fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| format!("'{text}' is not a number"))?;
    let fits = speed.is_finite() && (0.001..=100_000.0).contains(&speed);
    fits.then_some(speed).ok_or_else(|| "give a speed from 0.001 to 100000".to_owned())
}

pub(super) async fn run(args: ServeArgs) -> Result<(), CliError> {
    let stop = StopSignal::listen()?;
    let clock = match (args.clock, args.speed) {
        (None, 1.0) => Clock::system(),
        (at, speed) => Clock::rehearsal(at.unwrap_or_else(|| Clock::system().now()), speed),
    };
    let listener = listen(&args.listen).await?;
    let store = args.connection.open().await?;
    let desk = Desk::open_with(store, clock, desk_settings(args.replanning)).await?;
    let settings = http_settings(args.replanning, args.webhooks, args.pages);
    serve(listener, desk, settings, stop).await
}

/// Serves until the process is told to stop, then finishes what is under way.
pub(super) async fn serve(
    listener: TcpListener,
    desk: Desk,
    settings: HttpSettings,
    stop: StopSignal,
) -> Result<(), CliError> {
    let address = listener.local_addr().map_err(CliError::failed)?;
    tracing::info!("listening on http://{address}, API documentation at http://{address}/docs");
    let store = desk.store().clone();
    let webhooks = SentBeside::start(&desk, settings.allow_private_webhooks);
    let router = http::router(desk, settings);
    let told = async {
        stop.told().await;
        tracing::info!("stopping once the requests under way are answered");
    };
    let served = http::serve(listener, router, told).await.map_err(CliError::failed);
    webhooks.stop().await;
    served?;
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// The webhooks that are sent while the service runs.
struct SentBeside {
    stop: oneshot::Sender<()>,
    sending: JoinHandle<()>,
}

impl SentBeside {
    fn start(desk: &Desk, allow_private: bool) -> Self {
        let (store, clock) = (desk.store().clone(), desk.clock().clone());
        let guard = Guard::new(allow_private);
        let worker = Worker::new(store, clock, guard, WorkerSettings::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let sending = tokio::spawn(worker.run(desk.commits(), async {
            let _told_or_gone = stopped.await;
        }));
        Self { stop, sending }
    }

    /// Begins no more, and waits for the requests under way.
    async fn stop(self) {
        drop(self.stop);
        if self.sending.await.is_err() {
            tracing::error!("the sending of webhooks broke off; what was under way is sent again");
        }
    }
}

/// How much the desk does beyond what it is asked.
pub(super) fn desk_settings(replanning: Replanning) -> DeskSettings {
    DeskSettings {
        squeeze_time: Some(replanning.squeeze_time()),
        improve: replanning.improve_time().map(|time| Effort {
            seed: 0,
            threads: 1,
            iterations: None,
            time_limit: Some(time),
        }),
    }
}

/// A re-plan leaves half of the cores to those who book meanwhile; a repair is over within a second.
pub(super) fn http_settings(
    replanning: Replanning,
    webhooks: WebhookPolicy,
    pages: PageOptions,
) -> HttpSettings {
    let usual = HttpSettings::default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let time_limit = Some(replanning.time_limit());
    let threads = (cores / 2).max(1);
    let replan = Effort { threads, time_limit, ..usual.replan };
    let repair = Effort { threads: cores, ..usual.repair };
    let allow_private_webhooks = webhooks.allow_private_webhooks;
    let allowed_origins = pages.allow_origin;
    let map = MapSource {
        style: pages.map_style,
        hosts: pages.map_host,
        tiles: pages.map_tiles,
        datum: pages.map_datum,
    };
    let pages = pages.pages.map_or(PageFiles::Embedded, PageFiles::Folder);
    HttpSettings { replan, repair, allow_private_webhooks, allowed_origins, pages, map, ..usual }
}

/// Takes an address, or says why it cannot be had.
pub(super) async fn listen(address: &str) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => CliError::Failed(format!(
            "{address} is in use by another program: stop it, or choose another with --listen"
        )),
        ErrorKind::InvalidInput => CliError::Usage(format!(
            "'{address}' is not an address: give one such as 127.0.0.1:8080"
        )),
        _ => CliError::Failed(format!(
            "cannot listen on {address}: {error}; choose another address with --listen"
        )),
    })
}

/// What tells the process to stop: Ctrl-C, and on Unix also SIGTERM.
///
/// It is listened for from its making on, so that a signal which comes while the service is still
/// being set up stops it in good order too.
pub(super) struct StopSignal {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl StopSignal {
    #[cfg(unix)]
    pub(super) fn listen() -> Result<Self, CliError> {
        use tokio::signal::unix::{SignalKind, signal};
        let of = |kind| {
            signal(kind).map_err(|error| CliError::Failed(format!("cannot await signals: {error}")))
        };
        Ok(Self {
            interrupt: of(SignalKind::interrupt())?,
            terminate: of(SignalKind::terminate())?,
        })
    }

    #[cfg(not(unix))]
    pub(super) fn listen() -> Result<Self, CliError> {
        Ok(Self {})
    }

    /// Waits for it.
    #[cfg(unix)]
    pub(super) async fn told(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for it.
    #[cfg(not(unix))]
    pub(super) async fn told(self) {
        // Without a handler there is nothing to wait for but the process's end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
