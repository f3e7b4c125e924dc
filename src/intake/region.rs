//! `regions.json`.

use super::fault::{FaultLog, Faults};
use super::json_sheet::{self, Item};
use super::sheet::{Decoded, decode, quoted};
use crate::model::{Region, RegionError};
use std::collections::BTreeMap;

/// Reads the settings of regions: a JSON array of them, or one object.
///
/// # Errors
/// Every fault: what is no region, settings out of their range, ids given twice.
pub fn regions(bytes: &[u8], file: &str) -> Result<Vec<Region>, Faults> {
    let mut log = FaultLog::new(file);
    let text = decode(bytes, &mut log).map(|Decoded { text, .. }| text).unwrap_or_default();
    let items = match text.trim_start().chars().next() {
        Some('[' | '{') => json_sheet::items(&text, &mut log),
        first => {
            let what = if first.is_none() { "the file is empty" } else { "the file is not JSON" };
            let message = format!("{what}; give a JSON array of regions");
            log.push(first.map(|_| 1), None, &message);
            Vec::new()
        }
    };
    let mut seen = BTreeMap::new();
    let mut regions = Vec::new();
    for item in items {
        let Some(region) = region(&item, &mut log) else { continue };
        if let Some(line) = seen.insert(region.id.clone(), item.line) {
            let message = format!("{} is already given on line {line}", quoted(region.id.as_str()));
            log.push(item.line, Some(format!("[{}].id", item.index)), &message);
        }
        regions.push(region);
    }
    log.finish(regions)
}

fn region(item: &Item<'_>, log: &mut FaultLog) -> Option<Region> {
    let region: Region =
        serde_json::from_str(item.text).map_err(|error| item.report(&error, log)).ok()?;
    for error in region.validate().err().unwrap_or_default() {
        let field = match error {
            RegionError::Area(_) => "area",
            RegionError::Setting(name) => name,
        };
        log.push(item.line, Some(format!("[{}].{field}", item.index)), &error);
    }
    Some(region)
}
