//! The layouts of bookings files.

use super::CliError;
use crate::city;
use crate::intake::{BookingRow, Faults, lade};
use crate::model::{Area, Region, RegionId};
use clap::{Args, ValueEnum};

/// The layout of a bookings file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Our own columns.
    Doorstep,
    /// A day of the LaDe-P data set.
    Lade,
}

/// How a LaDe-P file becomes bookings.
#[derive(Clone, Debug, Args)]
pub(super) struct LadeArgs {
    /// For `--format lade`: the year of its dates.
    #[arg(long, default_value_t = 2022)]
    pub(super) year: i32,
    /// For `--format lade` and `--fleet`: decides the devices and couriers that are made up.
    #[arg(long, default_value_t = 1)]
    pub(super) data_seed: u64,
    /// For `--format lade`: the region that the bookings are for.
    #[arg(long, default_value = "shanghai")]
    pub(super) region: RegionId,
}

impl LadeArgs {
    /// Whether the bookings' region is known.
    pub(super) fn check_region(&self, regions: &[Region]) -> Result<(), CliError> {
        if regions.iter().any(|region| region.id == self.region) {
            return Ok(());
        }
        let message = format!("there is no region '{}': name one with --region", self.region);
        Err(CliError::Usage(message))
    }

    /// Reads a LaDe-P file; oddities of its rows go to the log.
    pub(super) fn rows(
        &self,
        bytes: &[u8],
        file: &str,
        regions: &[Region],
    ) -> Result<Vec<BookingRow>, Faults> {
        let region = regions.iter().find(|region| region.id == self.region);
        let zone = region.map_or(chrono_tz::Asia::Shanghai, |region| region.time_zone);
        let day = lade::orders(bytes, file, zone, self.year)?;
        for note in &day.notes {
            tracing::info!("{}", note.remark);
        }
        let whole = Area::Bbox([-180.0, -90.0, 180.0, 90.0]);
        let assumed = Region::new(self.region.clone(), self.region.as_str(), zone, whole);
        Ok(city::lade_bookings(&day, region.unwrap_or(&assumed), self.data_seed))
    }
}
