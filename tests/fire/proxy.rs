//! A wire to the database that is cut between a commit and its answer.

use sqlx::postgres::PgConnectOptions;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Of so many commits, one is cut.
const CUT_EVERY: usize = 3;

/// A wire to a database.
pub(crate) struct Proxy {
    /// The address of the database through the wire.
    pub(crate) url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    is_cutting: AtomicBool,
    commits: AtomicUsize,
    cuts: AtomicUsize,
}

impl Proxy {
    /// Lays a wire to the database of `url`. It lasts as long as the test's runtime.
    pub(crate) async fn to(url: &str) -> Self {
        let options = PgConnectOptions::from_str(url).unwrap();
        let server = format!("{}:{}", options.get_host(), options.get_port());
        assert!(url.contains(&server), "{server} is in the address as it is");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = url.replace(&server, &listener.local_addr().unwrap().to_string());
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&server).await else { continue };
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    if carry(client, server, &state).await.unwrap_or(false) {
                        state.cuts.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Self { url, state }
    }

    /// From now on the wire is cut again and again.
    pub(crate) fn begin_to_cut(&self) {
        self.state.is_cutting.store(true, Ordering::Relaxed);
    }

    /// How often it was.
    pub(crate) fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::Relaxed)
    }
}

impl State {
    /// Whether the answer to this commit is to be lost.
    fn is_cut(&self) -> bool {
        self.is_cutting.load(Ordering::Relaxed)
            && self.commits.fetch_add(1, Ordering::Relaxed).is_multiple_of(CUT_EVERY)
    }
}

/// Carries bytes both ways until one end goes, or until the server has answered a commit that is
/// to be cut: that answer goes nowhere. Whether it was cut.
async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    state: &State,
) -> std::io::Result<bool> {
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut is_cut = false;
    loop {
        tokio::select! {
            length = client.read(&mut asked) => {
                let bytes = &asked[..length?];
                if bytes.is_empty() {
                    return Ok(false);
                }
                let is_commit = bytes.windows(6).any(|word| word == b"COMMIT");
                is_cut |= is_commit && state.is_cut();
                server.write_all(bytes).await?;
            }
            length = server.read(&mut answered) => {
                let bytes = &answered[..length?];
                if bytes.is_empty() || is_cut {
                    return Ok(is_cut);
                }
                client.write_all(bytes).await?;
            }
        }
    }
}
