//! Rebuilds the crate when a migration changes, since the migrations are embedded in it.

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to Cargo")]
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
