//! VRPLIB's sections, in the dialects of CVRPLIB and of ORTEC's instances.

mod matrix;
mod sections;

use super::sheet::{Node, Sheet, Ways};
use super::solomon::{check_window, fleet, reversed};
use super::words::{self, Word};
use crate::formats::Input;
use crate::formats::fault::{Fault, Faults};
use sections::{Sections, Values};
use std::collections::HashMap;

/// The fleet of an ORTEC file that names none.
const ORTEC_FLEET: u64 = 20;

/// Reads a file.
pub(in crate::formats) fn read(bytes: &[u8], vehicles: Option<u32>) -> Result<Input, Faults> {
    let text = words::text(bytes)?;
    let sections = Sections::read(text)?;
    let dimension = dimension(&sections)?;
    let numbers = Numbers::of(&sections, dimension)?;
    let depot = depot(&sections, &numbers)?;
    let nodes = nodes(&sections, &numbers)?;
    let ways = ways(&sections, dimension)?;
    let capacity = match sections.header("CAPACITY") {
        Some(value) => value.whole("CAPACITY")?,
        None if nodes.iter().all(|node| node.demand == 0) => 0,
        None => return Err(missing("CAPACITY", "how much a vehicle holds").into()),
    };
    let route_max = sections.header("DISTANCE").map(|value| value.positive("DISTANCE"));
    let sheet = Sheet {
        depot,
        fleet: vehicles.map_or_else(|| own_fleet(&sections, &ways, dimension), Ok)?,
        nodes,
        capacity,
        ways,
        pairs: Vec::new(),
        route_max: route_max.transpose()?,
    };
    Ok(sheet.into_input()?)
}

fn missing(name: &str, what: &str) -> Fault {
    Fault::in_file(format!("found no {name}, expected {what}"))
}

fn dimension(sections: &Sections<'_>) -> Result<usize, Fault> {
    let value = sections.header("DIMENSION");
    let value = value.ok_or_else(|| missing("DIMENSION", "the number of nodes"))?;
    match usize::try_from(value.count("DIMENSION")?) {
        Ok(nodes @ 1..=10_000_000) => Ok(nodes),
        _ => Err(value.fault("DIMENSION, from 1 to 10000000")),
    }
}

/// The nodes' numbers in the file; an index is a node's place.
struct Numbers<'a> {
    points: Option<Values<'a>>,
    places: HashMap<u64, usize>,
}

impl<'a> Numbers<'a> {
    /// Numbers stand in the first section that lists all nodes.
    fn of(sections: &Sections<'a>, dimension: usize) -> Result<Self, Faults> {
        let points = sections.values("NODE_COORD_SECTION", &["number", "x", "y"])?;
        let demands = || sections.values("DEMAND_SECTION", &["number", "demand"]);
        let listed = match &points {
            Some(points) => Some(points.numbers()?),
            None => demands()?.map(|demands| demands.numbers()).transpose()?,
        };
        let listed = match listed {
            Some(listed) => listed,
            None => (1..=dimension as u64).map(|number| (number, None)).collect(),
        };
        let mut faults = Faults::default();
        let mut places = HashMap::with_capacity(listed.len());
        for (place, (number, word)) in listed.iter().enumerate() {
            if places.insert(*number, place).is_some() {
                let message = format!("found a second node {number}, expected each number once");
                faults.push(word.map_or_else(|| Fault::in_file(&message), |w| w.refuse(&message)));
            }
        }
        if listed.len() != dimension && faults.count() == 0 {
            let message = format!("found {} nodes, expected DIMENSION, {dimension}", listed.len());
            faults.push(Fault::in_file(message));
        }
        faults.finish(Self { points, places })
    }

    fn place(&self, number: &Word<'_>) -> Result<usize, Fault> {
        let place = self.places.get(&number.count("number of a node")?);
        place.copied().ok_or_else(|| number.fault("the number of a node that is listed"))
    }

    /// A section with a value for each node, in the order of places.
    fn spread<T: Clone>(
        &self,
        values: Option<Values<'_>>,
        name: &str,
        read: impl Fn(&[Word<'_>]) -> Result<T, Fault>,
    ) -> Result<Option<Vec<T>>, Faults> {
        let Some(values) = values else { return Ok(None) };
        let mut found: Vec<Option<T>> = vec![None; self.places.len()];
        let mut faults = Faults::default();
        for row in values.rows() {
            let value = self.place(&row[0]).and_then(|place| Ok((place, read(row)?)));
            match value {
                Ok((place, value)) if found[place].is_none() => found[place] = Some(value),
                Ok(_) => faults.push(row[0].refuse("found this node a second time, expected once")),
                Err(fault) => faults.push(fault),
            }
        }
        let count = found.iter().flatten().count();
        if count != found.len() && faults.count() == 0 {
            let nodes = found.len();
            let message = format!("{name} has {count} of {nodes} nodes, expected all");
            faults.push(Fault::in_file(message));
        }
        faults.finish(found.into_iter().collect())
    }
}

fn depot(sections: &Sections<'_>, numbers: &Numbers<'_>) -> Result<usize, Fault> {
    let Some(words) = sections.words("DEPOT_SECTION") else { return Ok(0) };
    let mut depots = words.iter().take_while(|word| word.text != "-1");
    let Some(first) = depots.next() else {
        return Err(Fault::in_file("DEPOT_SECTION is empty, expected one depot"));
    };
    match depots.next() {
        Some(second) => Err(second.fault("-1: files with one depot can be read")),
        None => numbers.place(first),
    }
}

fn nodes(sections: &Sections<'_>, numbers: &Numbers<'_>) -> Result<Vec<Node>, Faults> {
    let count = numbers.places.len();
    let values = |name, columns: &[&'static str]| sections.values(name, columns);
    let points = numbers.points.clone();
    let points = numbers.spread(points, "NODE_COORD_SECTION", |row| {
        Ok([row[1].number("x")?, row[2].number("y")?])
    })?;
    let demands = values("DEMAND_SECTION", &["number", "demand"])?;
    let demands = numbers
        .spread(demands, "DEMAND_SECTION", |row| Ok(row[1].count("demand")?.cast_signed()))?;
    let windows = values("TIME_WINDOW_SECTION", &["number", "opens", "closes"])?;
    let windows = numbers.spread(windows, "TIME_WINDOW_SECTION", window)?;
    let services = values("SERVICE_TIME_SECTION", &["number", "service time"])?;
    let services =
        numbers.spread(services, "SERVICE_TIME_SECTION", |row| row[1].positive("service time"))?;
    let releases = values("RELEASE_TIME_SECTION", &["number", "release time"])?;
    let releases =
        numbers.spread(releases, "RELEASE_TIME_SECTION", |row| row[1].positive("release time"))?;
    let service = sections.header("SERVICE_TIME").map(|word| word.positive("SERVICE_TIME"));
    let service = service.transpose()?.unwrap_or(0.0);
    let node = |place: usize| Node {
        id: place as u64,
        point: points.as_ref().map(|points| points[place]),
        demand: demands.as_ref().map_or(0, |demands| demands[place]),
        window: windows.as_ref().map(|windows| windows[place]),
        service: services.as_ref().map_or(service, |services| services[place]),
        release: releases.as_ref().map_or(0.0, |releases| releases[place]),
    };
    Ok((0..count).map(node).collect())
}

fn window(row: &[Word<'_>]) -> Result<[f64; 2], Fault> {
    let (opens, closes) = (row[1].positive("opening")?, row[2].moment("closing")?);
    let node = Node {
        id: 0,
        point: None,
        demand: 0,
        window: Some([opens, closes]),
        service: 0.0,
        release: 0.0,
    };
    check_window(&node, || row[1].refuse(reversed(row[1].text, row[2].text)))?;
    Ok([opens, closes])
}

fn ways(sections: &Sections<'_>, dimension: usize) -> Result<Ways, Fault> {
    let kind = sections.header("EDGE_WEIGHT_TYPE");
    let kind = kind.ok_or_else(|| missing("EDGE_WEIGHT_TYPE", "EUC_2D, CEIL_2D or EXPLICIT"))?;
    let straight = |ways| match sections.words("NODE_COORD_SECTION") {
        Some(_) => Ok(ways),
        None => Err(missing("NODE_COORD_SECTION", "coordinates for EUC_2D and CEIL_2D")),
    };
    match kind.text {
        "EUC_2D" => straight(Ways::Straight),
        "CEIL_2D" => straight(Ways::RoundedUp),
        "EXPLICIT" => matrix::read(sections, dimension).map(Ways::Given),
        _ => Err(kind.fault("EUC_2D, CEIL_2D or EXPLICIT")),
    }
}

/// Vehicles as the file has them; without a number as many as could be needed.
///
/// ORTEC's instances (a matrix and windows) name what was driven, not what there is: a quarter
/// more may be used, 25 where none is named.
fn own_fleet(sections: &Sections<'_>, ways: &Ways, dimension: usize) -> Result<u32, Fault> {
    let given = sections.header("VEHICLES").map(|word| word.count("VEHICLES")).transpose()?;
    let windows = sections.words("TIME_WINDOW_SECTION").is_some();
    let ortec = matches!(ways, Ways::Given(_)) && windows;
    Ok(fleet(match given.filter(|&given| given > 0) {
        given if ortec => (given.unwrap_or(ORTEC_FLEET).min(1 << 40) * 5).div_ceil(4),
        Some(given) => given,
        None => (dimension as u64 - 1).max(1),
    }))
}
