//! The binary under test: run to its end, or running beside the test.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// The run, which must have succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The message of a run that must have failed with this status, and printed no number.
    #[track_caller]
    pub(crate) fn refused(self, status: i32) -> String {
        assert_eq!(self.status, status, "{}\n{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "");
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self.stderr
    }
}

/// A directory of its own for the files and the database of a test.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file with this content, as an argument.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The address of the test's database.
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.path("doorstep.db").display())
    }

    /// A command whose database and temporary files are this directory's.
    pub(crate) fn command(
        &self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
        command.args(arguments).env("DATABASE_URL", self.url()).env("TMPDIR", self.0.path());
        command.env_remove("DOORSTEP_LOG").current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    /// Runs a command line of words without spaces.
    pub(crate) fn run(&self, line: &str) -> Done {
        self.run_with(line.split_whitespace())
    }

    pub(crate) fn run_with(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Done {
        finish(&mut self.command(arguments))
    }

    /// Imports the city of the fixtures, but for its bookings.
    pub(crate) fn import_city(&self) {
        for (kind, name) in CITY {
            self.run_with(["import", kind, &city(name)]).ok();
        }
    }

    /// A key's token.
    pub(crate) fn key(&self, line: &str) -> String {
        self.run(&format!("keys create {line}")).ok().stdout.trim().to_owned()
    }

    /// How many rows there are in each table.
    pub(crate) async fn rows(&self) -> String {
        use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
        let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
        let mut counts = String::new();
        for table in ["regions", "hubs", "couriers", "roster", "bookings", "events"] {
            let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
            let (count,): (i64,) = sqlx::query_as(sql).fetch_one(&mut connection).await.unwrap();
            writeln!(counts, "{table} {count}").unwrap();
        }
        connection.close().await.unwrap();
        counts
    }
}

const CITY: [(&str, &str); 4] = [
    ("regions", "regions.json"),
    ("hubs", "hubs.csv"),
    ("couriers", "couriers.csv"),
    ("shifts", "shifts.csv"),
];

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Done {
    let output = command.output().unwrap();
    Done {
        status: output.status.code().expect("the command ended by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A file of the fixtures' city.
pub(crate) fn city(name: &str) -> String {
    root().join("fixtures/city").join(name).to_str().unwrap().to_owned()
}

/// A file beside the repository; where it is absent, this is said.
#[expect(clippy::print_stderr, reason = "a test that cannot test says so")]
pub(crate) fn shared(name: &str) -> Option<String> {
    let path = root().join("../shared/data").join(name);
    if path.exists() {
        return Some(path.to_str().unwrap().to_owned());
    }
    eprintln!("NOT TESTED: ../shared/data/{name} is absent");
    None
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command that goes on beside the test, and is killed with it.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// Lines of standard error, from a thread that reads them as they come.
    stderr: std::sync::mpsc::Receiver<String>,
    log: String,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, stderr) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, stdout, stderr, log: String::new() }
    }

    /// Waits for a line of standard error that holds `text`.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        while let Ok(line) = self.stderr.recv() {
            self.log.push_str(&line);
            self.log.push('\n');
            if line.contains(text) {
                return line;
            }
        }
        panic!("the command ended without '{text}':\n{}", self.log);
    }

    /// The base address, once the service listens.
    pub(crate) fn base(&mut self) -> String {
        let line = self.wait_for("listening on http://");
        let address = line.split("listening on ").nth(1).unwrap();
        address.split(',').next().unwrap().to_owned()
    }

    /// The next line of standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Sends a signal such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end of what was told to stop.
    pub(crate) fn end(mut self) -> Done {
        let status = self.child.wait().unwrap();
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let mut stderr = std::mem::take(&mut self.log);
        stderr.extend(self.stderr.iter().map(|line| line + "\n"));
        Done { status: status.code().expect("it ended by itself"), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
