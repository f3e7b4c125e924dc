//! `doorstep import`: files into the database, each file whole or not at all.

use super::{CliError, files};
use crate::clock::Clock;
use crate::config::Connection;
use crate::desk::{Desk, Registry};
use crate::intake::{self, BookingTerms};
use crate::model::{Courier, Hub, ProgrammeId, Region};
use crate::store::RegistryChange;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// JSON.
    Regions,
    /// CSV or JSON.
    Hubs,
    /// CSV or JSON.
    Couriers,
    /// CSV or JSON.
    Shifts,
    /// CSV or JSON; a re-plan gives them their places.
    Bookings,
}

/// The layout of a bookings file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Our own columns.
    Doorstep,
    /// A day of the LaDe-P data set.
    Lade,
}

/// Files to take in.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// What the files hold.
    kind: Kind,
    /// Files, taken one after the other.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Whose bookings they are.
    #[arg(long, default_value = "imported")]
    programme: ProgrammeId,
    /// The layout of bookings files.
    #[arg(long, value_enum, default_value_t = Format::Doorstep)]
    format: Format,
    /// For `--format lade`: into which region, and by which year and seed.
    #[command(flatten)]
    lade: super::plan::LadeArgs,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(args: ImportArgs) -> Result<(), CliError> {
    let store = args.connection.open().await?;
    let desk = Desk::open(store, Clock::system()).await?;
    for file in &args.files {
        let bytes = files::read(file)?;
        let count = take(&desk, &args, file, &bytes).await?;
        files::print(&format!("{}: {count} taken in\n", file.display()))?;
    }
    Ok(())
}

async fn take(
    desk: &Desk,
    args: &ImportArgs,
    file: &Path,
    bytes: &[u8],
) -> Result<usize, CliError> {
    let name = file.display().to_string();
    let registry = desk.registry();
    let mut change = RegistryChange::default();
    match args.kind {
        Kind::Regions => change.regions = intake::regions(bytes, &name)?,
        Kind::Hubs => change.hubs = intake::hubs(bytes, &name, Some(&regions(&registry)))?,
        Kind::Couriers => change.couriers = intake::couriers(bytes, &name, Some(&hubs(&registry)))?,
        Kind::Shifts => {
            change.roster = intake::shifts(bytes, &name, Some(&couriers(&registry)))?;
        }
        Kind::Bookings => return take_bookings(desk, args, &name, bytes).await,
    }
    desk.import(&change).await?;
    let lists = [change.regions.len(), change.hubs.len(), change.couriers.len()];
    Ok(lists.iter().sum::<usize>() + change.roster.len())
}

async fn take_bookings(
    desk: &Desk,
    args: &ImportArgs,
    name: &str,
    bytes: &[u8],
) -> Result<usize, CliError> {
    let regions = regions(&desk.registry());
    let now = desk.clock().now();
    let terms = BookingTerms {
        regions: &regions,
        programme: &args.programme,
        requested_at: now,
        earliest: Some(now),
    };
    let bookings = match args.format {
        Format::Doorstep => intake::bookings(bytes, name, &terms)?,
        Format::Lade => {
            let rows = args.lade.rows(bytes, name, &regions)?;
            intake::confirm(rows, name, &terms)?
        }
    };
    let count = desk.import_bookings(bookings).await?;
    // Other processes look for a new version of the registry and read their days anew.
    desk.import(&RegistryChange::default()).await?;
    Ok(count)
}

fn regions(registry: &Registry) -> Vec<Region> {
    registry.regions.values().map(|region| Region::clone(region)).collect()
}

fn hubs(registry: &Registry) -> Vec<Hub> {
    registry.hubs.values().map(|hub| Hub::clone(hub)).collect()
}

fn couriers(registry: &Registry) -> Vec<Courier> {
    registry.couriers.values().map(|courier: &Arc<Courier>| Courier::clone(courier)).collect()
}
