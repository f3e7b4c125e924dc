//! What can be done to a database server under a service.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Runs statements beside the services, as the user who may do anything.
pub(crate) async fn on_database(url: &str, statements: &[&str]) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for statement in statements {
        sqlx::query(AssertSqlSafe((*statement).to_owned())).execute(&mut connection).await.unwrap();
    }
}

/// Ends all connections of the services to the database.
pub(crate) async fn end_connections(url: &str) {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'doorstep' AND datname = current_database()";
    on_database(url, &[end]).await;
}

/// Has the server crash: one of its processes is killed, upon which it ends all others, forgets what
/// is not on disk, and comes up again from its log. Returns when it is up.
pub(crate) async fn crash(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let kill = "COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'";
    sqlx::query(kill).execute(&mut connection).await.expect_err("the connection ends with it");
    while PgConnection::connect(url).await.is_err() {
        tokio::task::yield_now().await;
    }
}

/// Restarts the server without letting it finish anything (`pg_ctl restart -m immediate`): for a
/// while nobody answers at its address. Where the server's folder is not at hand, as when it runs
/// elsewhere, this is said, and nothing is done. Whether it was restarted.
#[expect(clippy::print_stderr, reason = "a test that does less says so")]
pub(crate) async fn restart(url: &str) -> bool {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let folder = sqlx::query_scalar("SHOW data_directory").fetch_one(&mut connection).await;
    let folder = PathBuf::from(folder.unwrap_or_else(|_| String::from("unknown")));
    let Ok(running) = std::fs::metadata(folder.join("postmaster.pid")) else {
        eprintln!("the server's folder is not at hand: it is not restarted");
        return false;
    };
    let programs = Command::new("bash").arg(".ci/postgres-bindir").output().unwrap().stdout;
    let control = PathBuf::from(String::from_utf8(programs).unwrap().trim()).join("pg_ctl");
    let restarted = Command::new(control)
        .args(["-m", "immediate", "-w", "-l", "/dev/null", "restart", "-D"])
        .arg(&folder)
        .current_dir("/")
        .uid(running.uid())
        .gid(running.gid())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(restarted.unwrap().success(), "the server comes up again");
    true
}
