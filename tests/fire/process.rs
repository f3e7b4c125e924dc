//! `doorstep serve` as a process of its own.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a service may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many lines of its log are kept.
const TAIL_LINES: usize = 40;

/// A service that is killed when this is dropped. Where the test fails, the end of its log is shown.
pub(crate) struct Process {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) base: String,
    tail: Arc<Mutex<VecDeque<String>>>,
}

impl Process {
    /// Serves a database on a free port, with a clock that starts at `clock`; returns when it
    /// listens.
    pub(crate) fn serve(database: &str, clock: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_doorstep"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database, "--clock", clock])
            .env("DOORSTEP_LOG", "warn,doorstep=info,tower_http=warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = child.stderr.take().unwrap();
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let mut process = Self { child, base: String::new(), tail: Arc::clone(&tail) };
        let (listening, address) = channel();
        std::thread::spawn(move || follow(log, &tail, &listening));
        process.base = address.recv_timeout(PATIENCE).expect("the service listens in time");
        process
    }

    /// Ends it at once, as a power cut would (`kill -9`).
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    #[expect(clippy::print_stderr, reason = "the log of a failed test is shown")]
    fn drop(&mut self) {
        // It may have been killed before.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the end of the log of the service at {}:", self.base);
            for line in self.tail.lock().unwrap().iter() {
                eprintln!("  {line}");
            }
        }
    }
}

/// Reads a log to its end and tells the address in it.
fn follow(log: impl Read, tail: &Mutex<VecDeque<String>>, listening: &Sender<String>) {
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        let address = line.split_once("listening on ").and_then(|(_, rest)| rest.split_once(','));
        if let Some((address, _)) = address {
            // Only the first address is waited for.
            let _ = listening.send(address.to_owned());
        }
        let mut tail = tail.lock().unwrap();
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        tail.push_back(line);
    }
}
