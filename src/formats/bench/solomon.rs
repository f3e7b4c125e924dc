//! Solomon's and Homberger's text: name, fleet and capacity, then a row per node.
//!
//! The first row is the depot, and its window the vehicles' shift.

use super::sheet::{Node, Sheet, Ways};
use super::words::{self, Line};
use crate::formats::fault::{Fault, Faults, quoted};
use crate::formats::{Input, limits};
use std::collections::HashSet;

const COLUMNS: [&str; 7] = ["number", "x", "y", "demand", "ready time", "due date", "service time"];

/// Reads a file.
pub(in crate::formats) fn read(bytes: &[u8], vehicles: Option<u32>) -> Result<Input, Faults> {
    let text = words::text(bytes)?;
    let mut lines = words::lines(text);
    let heading = lines.find(|line| starts_with(*line, "NUMBER"));
    if heading.is_none() {
        let message = "found no line 'NUMBER CAPACITY', expected Solomon's layout: a name, \
                       VEHICLE, NUMBER and CAPACITY, CUSTOMER, a row of 7 numbers for each node";
        return Err(Fault::in_file(message).into());
    }
    let numbers = lines.next().ok_or_else(|| {
        Fault::in_file("the file ends after 'NUMBER CAPACITY', expected their values")
    })?;
    let [number, capacity] = numbers.exactly(&["number of vehicles", "capacity"])?;
    let given = number.count("number of vehicles")?;
    let capacity = capacity.whole("capacity")?;
    let rows = lines.skip_while(|line| {
        starts_with(*line, "CUSTOMER") || starts_with(*line, "CUST") || starts_with(*line, "NO.")
    });
    let nodes = nodes(rows)?;
    let fleet = vehicles.unwrap_or(fleet(given));
    let sheet = Sheet {
        nodes,
        depot: 0,
        fleet,
        capacity,
        ways: Ways::Straight,
        pairs: Vec::new(),
        route_max: None,
    };
    Ok(sheet.into_input()?)
}

fn starts_with(line: Line<'_>, word: &str) -> bool {
    line.words().next().is_some_and(|first| first.text.eq_ignore_ascii_case(word))
}

fn nodes<'a>(rows: impl Iterator<Item = Line<'a>>) -> Result<Vec<Node>, Faults> {
    let (mut nodes, mut faults, mut ids) = (Vec::new(), Faults::default(), HashSet::new());
    for row in rows {
        match node(row) {
            Ok(node) if !ids.insert(node.id) => faults.push(twice(row, node.id)),
            Ok(node) => nodes.push(node),
            Err(fault) => faults.push(fault),
        }
    }
    if nodes.is_empty() && faults.count() == 0 {
        faults.push(Fault::in_file("found no rows of nodes, expected a depot and customers"));
    }
    faults.finish(nodes)
}

/// A number that two rows have.
pub(super) fn twice(row: Line<'_>, id: u64) -> Fault {
    row.fault(format!("found a second node {id}, expected each number once"))
}

fn node(row: Line<'_>) -> Result<Node, Fault> {
    let [id, x, y, demand, ready, due, service] = row.exactly(&COLUMNS)?;
    let node = Node {
        id: id.count("number of a node")?,
        point: Some([x.number("x")?, y.number("y")?]),
        demand: demand.whole("demand")?,
        window: Some([ready.positive("ready time")?, due.moment("due date")?]),
        service: service.positive("service time")?,
        release: 0.0,
    };
    if demand.whole("demand")? < 0 {
        return Err(demand.fault("demand, a whole number that is not negative"));
    }
    check_window(&node, || ready.refuse(reversed(ready.text, due.text)))?;
    Ok(node)
}

/// Refuses a window that ends before it begins.
pub(super) fn check_window(node: &Node, fault: impl FnOnce() -> Fault) -> Result<(), Fault> {
    match node.window {
        Some([opens, closes]) if opens > closes => Err(fault()),
        _ => Ok(()),
    }
}

pub(super) fn reversed(opens: &str, closes: &str) -> String {
    format!("the window begins at {} and ends before, at {}", quoted(opens), quoted(closes))
}

/// A fleet as a file gives it.
pub(super) fn fleet(given: u64) -> u32 {
    u32::try_from(given).unwrap_or(limits::FLEET_MAX + 1)
}
