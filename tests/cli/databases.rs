//! Databases that cannot be used: status 1, what is wrong and what to do.

use super::doorstep::{Home, city, finish};
use sqlx::{Connection, SqliteConnection};

fn migrate(home: &Home, url: &str) -> String {
    home.run_with(["migrate", "--database", url]).refused(1)
}

#[test]
fn migrating_twice_changes_nothing() {
    let home = Home::new();
    let first = home.run("migrate").ok();
    assert!(first.stderr.contains("this version's schema"), "{}", first.stderr);
    let file = std::fs::read(home.path("doorstep.db")).unwrap();
    home.run("migrate").ok();
    assert_eq!(std::fs::read(home.path("doorstep.db")).unwrap(), file);
}

#[test]
fn without_an_address_the_database_is_in_the_working_directory() {
    let home = Home::new();
    finish(home.command(["migrate"]).env_remove("DATABASE_URL")).ok();
    assert!(home.path("doorstep.db").exists());
}

#[test]
fn the_flag_comes_before_the_environment() {
    let home = Home::new();
    let other = format!("sqlite://{}", home.path("other.db").display());
    home.run_with(["migrate", "--database", &other]).ok();
    assert!(home.path("other.db").exists() && !home.path("doorstep.db").exists());
}

#[test]
fn addresses_that_are_none() {
    let home = Home::new();
    let message = migrate(&home, "mysql://root:secret@localhost/doorstep");
    assert!(message.contains("give sqlite://PATH or postgres://"), "{message}");
    assert!(!message.contains("secret"), "a password is shown");
    assert!(migrate(&home, "").contains("sqlite://PATH"));
}

#[test]
fn a_directory_that_is_not_there() {
    let home = Home::new();
    let message = migrate(&home, "sqlite://no/such/dir/doorstep.db");
    assert!(message.contains("no/such/dir/doorstep.db"), "{message}");
    assert!(message.contains("create it"), "{message}");
}

#[test]
fn a_file_that_is_no_database() {
    let home = Home::new();
    let file =
        home.file("notes.txt", "Not a database, but long enough to be taken for one. ".repeat(40));
    let message = migrate(&home, &format!("sqlite://{file}"));
    assert!(message.contains("notes.txt"), "{message}");
    assert!(message.contains("check the address, or restore a backup"), "{message}");
}

#[test]
fn a_server_that_is_not_there() {
    let home = Home::new();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let message = migrate(&home, &format!("postgres://me:secret@127.0.0.1:{port}/doorstep"));
    assert!(message.contains("check that it runs and can be reached"), "{message}");
    assert!(!message.contains("secret"), "a password is shown");
}

#[tokio::test]
async fn a_database_that_another_process_has_locked() {
    let home = Home::new();
    home.run("migrate").ok();
    let mut other = SqliteConnection::connect(&home.url()).await.unwrap();
    sqlx::query("PRAGMA locking_mode = EXCLUSIVE").execute(&mut other).await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    let message = home.run("keys create --role admin").refused(1);
    assert!(message.contains("locked by another process"), "{message}");
    assert!(message.contains("stop the other process"), "{message}");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    assert_eq!(home.run("keys list").ok().stdout, "", "no key was made");
}

#[tokio::test]
async fn a_database_that_takes_no_writes() {
    let home = Home::new();
    home.import_city();
    let before = home.rows().await;
    let url = format!("{}?mode=ro", home.url());
    let hubs = city("hubs.csv");
    for line in [
        &["import", "--database", &url, "hubs", &hubs][..],
        &["keys", "create", "--role", "admin", "--database", &url],
    ] {
        let message = home.run_with(line).refused(1);
        assert!(message.contains("cannot be written"), "{message}");
        assert!(message.contains("make the file and its directory writable"), "{message}");
    }
    assert_eq!(home.rows().await, before);
}

#[tokio::test]
async fn a_database_of_a_newer_version() {
    let home = Home::new();
    home.run("migrate").ok();
    let mut connection = SqliteConnection::connect(&home.url()).await.unwrap();
    let sql =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
               VALUES (9999, 'from the future', TRUE, X'00', 0)";
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    for line in ["migrate", "keys list", "serve --listen 127.0.0.1:0"] {
        let message = home.run(line).refused(1);
        assert!(message.contains("schema version 9999"), "{line}: {message}");
        assert!(message.contains("at least as new"), "{line}: {message}");
    }
}

/// Needs the right to mount a file system of a megabyte.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot test says so")]
fn a_disk_that_is_full() {
    let home = Home::new();
    let Some(disk) = SmallDisk::mount(&home) else {
        return eprintln!("NOT TESTED: a full disk; a small file system cannot be mounted here");
    };
    let url = format!("sqlite://{}", disk.0.join("doorstep.db").display());
    home.run_with(["migrate", "--database", &url]).ok();
    std::fs::write(disk.0.join("ballast"), vec![0; 2 << 20]).unwrap_err();
    let regions = city("regions.json");
    let message = home.run_with(["import", "--database", &url, "regions", &regions]).refused(1);
    assert!(message.contains("disk is full"), "{message}");
    std::fs::remove_file(disk.0.join("ballast")).unwrap();
    home.run_with(["import", "--database", &url, "regions", &regions]).ok();
}

/// A file system in memory, unmounted when dropped.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(home: &Home) -> Option<Self> {
        let path = home.path("disk");
        std::fs::create_dir(&path).unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "doorstep-test"]).arg(&path);
        mount.stderr(std::process::Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then_some(Self(path))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What stays mounted is gone with the machine.
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}
