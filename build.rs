//! Rebuilds the crate when what is embedded in it changes: the migrations and the built pages.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // `make web` puts the pages there. A folder that does not exist could not be watched, so that
    // pages built later would be missed; without Node it stays empty.
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo:warning=the folder web/dist cannot be made: {error}");
    }
    // Only optimized builds embed them: others read the folder while they run.
    if std::env::var_os("OPT_LEVEL").is_some_and(|level| level == "3") {
        println!("cargo:rerun-if-changed=web/dist");
    }
}
