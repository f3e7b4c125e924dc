//! `doorstep city`: writes the files of a seeded city.

use crate::city::{City, CitySpec, PRESETS, Preset, files, region_around, region_of_places};
use crate::geo::{Datum, Point};
use crate::intake::{self, Faults};
use crate::model::{Region, RegionId, ShiftDay};
use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Make up a city with hubs, couriers, shifts and a day of bookings, and write its files.
///
/// The same seed and numbers give the same files on every machine. Nobody in them is real.
#[derive(Args, Clone, Debug)]
pub struct CityArgs {
    /// Seed of everything that is drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many bookings.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    bookings: u32,
    /// How many couriers.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    couriers: u32,
    /// How many hubs.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    hubs: u32,
    /// Service date of the bookings.
    #[arg(long, value_parser = intake::service_date)]
    date: NaiveDate,
    /// Days the couriers work on, such as `mon-fri` or `daily` [default: the service date].
    #[arg(long, value_name = "DAYS")]
    days: Option<ShiftDay>,
    /// Region's id: shanghai, beijing, guangzhou, shenzhen or hangzhou; with --places, any.
    #[arg(long, default_value = "shanghai")]
    region: RegionId,
    /// IANA time zone [default: the region's, else Asia/Shanghai].
    #[arg(long)]
    time_zone: Option<Tz>,
    /// CSV of residential places (lon, lat) that the bookings come from, instead of made-up ones.
    #[arg(long, value_name = "FILE")]
    places: Option<PathBuf>,
    /// Datum of the places and of the files written: wgs84, gcj02 or bd09.
    #[arg(long, default_value_t = Datum::Wgs84)]
    datum: Datum,
    /// Directory to write to; it is created.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Why no city was written.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// A file could not be read.
    #[error("cannot read {path}: {cause}; check the path")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// A file or directory could not be written.
    #[error("cannot write {path}: {cause}; check that --out names a writable directory")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// The places are faulty.
    #[error(transparent)]
    Places(#[from] Faults),
    /// The file of places has no row.
    #[error("{0} has no places; give a CSV with lon and lat columns")]
    NoPlaces(PathBuf),
    /// Nobody said where the region is.
    #[error("where {region} is, is not known; name one of {known}, or give --places")]
    UnknownRegion {
        /// What was asked for.
        region: RegionId,
        /// What can be had.
        known: String,
    },
}

/// Writes `regions.json`, `hubs.csv`, `couriers.csv`, `shifts.csv` and `bookings.csv`, and a line
/// of what they hold to standard error.
///
/// # Errors
/// [`CityError`]; some of the files may have been written when a later one cannot be.
pub fn run(args: &CityArgs) -> Result<(), CityError> {
    let city = city(args)?;
    let written = |path: &Path| {
        let path = path.to_owned();
        move |cause| CityError::Write { path, cause }
    };
    std::fs::create_dir_all(&args.out).map_err(written(&args.out))?;
    for (name, content) in files(&city) {
        let path = args.out.join(name);
        std::fs::write(&path, content).map_err(written(&path))?;
    }
    let (bookings, couriers, hubs) = (city.bookings.len(), city.couriers.len(), city.hubs.len());
    let out = args.out.display();
    // Whether anybody reads the summary does not change what was written.
    let _ = writeln!(
        std::io::stderr(),
        "{out}: {bookings} bookings, {couriers} couriers and {hubs} hubs in {}",
        city.region.name
    );
    Ok(())
}

fn city(args: &CityArgs) -> Result<City, CityError> {
    let places = args.places.as_deref().map(|path| places(path, args.datum)).transpose()?;
    let (mut region, centre) = match places.as_deref() {
        Some(places) => region_from_places(args, places)?,
        None => region_by_name(args)?,
    };
    region.datum = args.datum;
    let spec = CitySpec {
        seed: args.seed,
        region,
        centre,
        bookings: args.bookings,
        couriers: args.couriers,
        hubs: args.hubs,
        date: args.date,
        days: args.days.unwrap_or(ShiftDay::Date(args.date)),
    };
    Ok(places.map_or_else(|| City::generate(&spec), |places| City::over_places(&places, &spec)))
}

fn places(path: &Path, datum: Datum) -> Result<Vec<Point>, CityError> {
    let read = |cause| CityError::Read { path: path.to_owned(), cause };
    let bytes = std::fs::read(path).map_err(read)?;
    Ok(intake::places(&bytes, &path.display().to_string(), datum)?)
}

fn region_by_name(args: &CityArgs) -> Result<(Region, Point), CityError> {
    let Some(preset) = Preset::find(args.region.as_str()) else {
        let known = PRESETS.map(|preset| preset.id).join(", ");
        return Err(CityError::UnknownRegion { region: args.region.clone(), known });
    };
    let zone = args.time_zone.unwrap_or(preset.zone);
    let centre = preset.centre();
    Ok((region_around(args.region.clone(), preset.name, zone, centre), centre))
}

fn region_from_places(args: &CityArgs, places: &[Point]) -> Result<(Region, Point), CityError> {
    let no_places = || CityError::NoPlaces(args.places.clone().unwrap_or_default());
    let preset = Preset::find(args.region.as_str());
    let name = preset.map_or(args.region.as_str(), |preset| preset.name);
    let zone = args.time_zone.or(preset.map(|p| p.zone)).unwrap_or(chrono_tz::Asia::Shanghai);
    let region = region_of_places(args.region.clone(), name, zone, places).ok_or_else(no_places)?;
    let centre = places.first().copied().ok_or_else(no_places)?;
    Ok((region, centre))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: CityArgs,
    }

    fn run_with(more: &[&str], out: &Path) -> Result<(), CityError> {
        let out = out.to_str().unwrap();
        let start = ["city", "--date", "2026-03-02", "--bookings", "20", "--out", out];
        run(&Command::try_parse_from(start.iter().chain(more)).unwrap().args)
    }

    #[test]
    fn five_files_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("new/city");
        run_with(&["--days", "daily", "--couriers", "4"], &out).unwrap();
        let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
        assert_eq!(read("bookings.csv").lines().count(), 21);
        assert!(read("shifts.csv").contains(",daily,"));
        for name in ["regions.json", "hubs.csv", "couriers.csv"] {
            assert!(!read(name).is_empty());
        }
    }

    #[test]
    fn places_may_be_given_in_another_datum() {
        let folder = tempfile::tempdir().unwrap();
        let places = folder.path().join("places.csv");
        std::fs::write(&places, "name,lon_gcj02,lat_gcj02\nA,116.50,39.85\nB,116.41,40.03\n")
            .unwrap();
        let places = places.to_str().unwrap();
        let more = ["--places", places, "--datum", "gcj02", "--region", "north"];
        run_with(&more, folder.path()).unwrap();
        let hubs = std::fs::read_to_string(folder.path().join("hubs.csv")).unwrap();
        assert!(hubs.lines().skip(1).all(|line| line.ends_with(",gcj02")), "{hubs}");
    }

    #[test]
    fn dates_of_other_centuries_are_wrong_use() {
        for date in ["+262142-12-31", "1999-12-31", "monday"] {
            let line = ["city", "--date", date, "--out", "nowhere"];
            assert!(Command::try_parse_from(line).is_err(), "{date}");
        }
    }

    #[test]
    fn what_cannot_be_made_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let unknown = run_with(&["--region", "atlantis"], folder.path()).unwrap_err();
        assert!(unknown.to_string().contains("shanghai, beijing"), "{unknown}");
        let absent = run_with(&["--places", "no/such/file"], folder.path()).unwrap_err();
        assert!(absent.to_string().starts_with("cannot read no/such/file"), "{absent}");
        let empty = folder.path().join("empty.csv");
        std::fs::write(&empty, "lon,lat\n").unwrap();
        let none = run_with(&["--places", empty.to_str().unwrap()], folder.path()).unwrap_err();
        assert!(none.to_string().contains("has no places"), "{none}");
        let blocked = run_with(&[], &empty).unwrap_err();
        assert!(blocked.to_string().contains("--out"), "{blocked}");
    }
}
