//! `doorstep import`: files into the database, all of them or none.

use super::bookings_file::{Format, LadeArgs};
use super::clock::moment;
use super::{CliError, files};
use crate::clock::Clock;
use crate::config::Connection;
use crate::desk::{Actor, Desk, Registry};
use crate::intake::{self, BookingTerms, Faults};
use crate::model::{Courier, Hub, ProgrammeId, Region};
use crate::store::RegistryChange;
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
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

/// Files to take in.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// What the files hold.
    kind: Kind,
    /// Files, taken all or not at all.
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
    lade: LadeArgs,
    /// Take this moment (RFC 3339) for now: bookings whose windows are over by then are refused.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    clock: Option<DateTime<Utc>>,
    #[command(flatten)]
    connection: Connection,
}

/// A file that was read, and the name to call it by.
struct Source {
    name: String,
    bytes: Vec<u8>,
}

pub(super) async fn run(args: ImportArgs) -> Result<(), CliError> {
    let sources = sources(&args.files)?;
    let clock = args.clock.map_or_else(Clock::system, |at| Clock::rehearsal(at, 1.0));
    let desk = Desk::open(args.connection.open().await?, clock).await?;
    if args.kind == Kind::Bookings {
        return take_bookings(&desk, &args, &sources).await;
    }
    let (change, counts) = registry_change(args.kind, &sources, &desk.registry())?;
    desk.import(&change).await?;
    let lines =
        sources.iter().zip(counts).map(|(source, n)| format!("{}: {n} taken in\n", source.name));
    files::print(&lines.collect::<String>())
}

fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, CliError> {
    let source =
        |path: &PathBuf| Ok(Source { name: path.display().to_string(), bytes: files::read(path)? });
    paths.iter().map(source).collect()
}

/// What the files change, and how many rows each has.
fn registry_change(
    kind: Kind,
    sources: &[Source],
    registry: &Registry,
) -> Result<(RegistryChange, Vec<usize>), CliError> {
    let (regions, hubs, couriers) = (regions(registry), hubs(registry), couriers(registry));
    let mut change = RegistryChange::default();
    let counts = match kind {
        Kind::Regions => gather(&mut change.regions, sources, intake::regions),
        Kind::Hubs => gather(&mut change.hubs, sources, |bytes, name| {
            intake::hubs(bytes, name, Some(&regions))
        }),
        Kind::Couriers => gather(&mut change.couriers, sources, |bytes, name| {
            intake::couriers(bytes, name, Some(&hubs))
        }),
        Kind::Shifts => gather(&mut change.roster, sources, |bytes, name| {
            intake::shifts(bytes, name, Some(&couriers))
        }),
        Kind::Bookings => unreachable!("bookings go to their days, not to the registry"),
    }?;
    Ok((change, counts))
}

/// Reads all files into one list, or tells the faults of all of them.
fn gather<T>(
    into: &mut Vec<T>,
    sources: &[Source],
    read: impl Fn(&[u8], &str) -> Result<Vec<T>, Faults>,
) -> Result<Vec<usize>, CliError> {
    let (mut counts, mut refused) = (Vec::new(), Vec::new());
    for source in sources {
        match read(&source.bytes, &source.name) {
            Ok(rows) => {
                counts.push(rows.len());
                into.extend(rows);
            }
            Err(faults) => refused.push(faults),
        }
    }
    if refused.is_empty() { Ok(counts) } else { Err(CliError::of_faults(&refused)) }
}

async fn take_bookings(desk: &Desk, args: &ImportArgs, sources: &[Source]) -> Result<(), CliError> {
    let regions = regions(&desk.registry());
    let now = desk.clock().now();
    let terms = BookingTerms {
        regions: &regions,
        programme: &args.programme,
        requested_at: now,
        earliest: Some(now),
    };
    let mut bookings = Vec::new();
    match args.format {
        Format::Doorstep => {
            gather(&mut bookings, sources, |bytes, name| intake::bookings(bytes, name, &terms))?
        }
        Format::Lade => {
            args.lade.check_region(&regions)?;
            gather(&mut bookings, sources, |bytes, name| {
                intake::confirm(args.lade.rows(bytes, name, &regions)?, name, &terms)
            })?
        }
    };
    let named = bookings.len();
    let taken = desk.acting(Actor::command_line()).import_bookings(bookings, None).await?;
    // Other processes look for a new version of the registry and read their days anew.
    desk.import(&RegistryChange::default()).await?;
    let of = match sources {
        [only] => only.name.clone(),
        several => format!("{} files", several.len()),
    };
    let known = match named - taken {
        0 => String::new(),
        known => format!(", {known} were there already"),
    };
    files::print(&format!("{of}: {taken} taken in{known}\n"))
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
