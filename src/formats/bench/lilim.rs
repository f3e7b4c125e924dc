//! Li & Lim's text: fleet, capacity and speed, then a row per node; the last two columns of a row
//! name the pickup of a delivery and the delivery of a pickup.

use super::sheet::{Node, Sheet, Ways};
use super::solomon::{check_window, fleet, reversed, twice};
use super::words::{self, Line, Word};
use crate::formats::Input;
use crate::formats::fault::{Fault, Faults};
use std::collections::HashMap;

const COLUMNS: [&str; 9] = [
    "number",
    "x",
    "y",
    "demand",
    "ready time",
    "due date",
    "service time",
    "pickup's number",
    "delivery's number",
];

struct Row<'a> {
    line: Line<'a>,
    node: Node,
    pickup: u64,
    delivery: u64,
}

/// Reads a file.
pub(in crate::formats) fn read(bytes: &[u8], vehicles: Option<u32>) -> Result<Input, Faults> {
    let text = words::text(bytes)?;
    let mut lines = words::lines(text);
    let first = lines.next().ok_or_else(|| {
        Fault::in_file("the file is empty, expected Li & Lim's layout: vehicles, capacity, speed")
    })?;
    let [number, capacity, speed] = first.exactly(&["number of vehicles", "capacity", "speed"])?;
    let given = fleet(number.count("number of vehicles")?);
    let capacity = capacity.whole("capacity")?;
    check_speed(speed)?;
    let rows = rows(lines)?;
    let pairs = pairs(&rows)?;
    let sheet = Sheet {
        nodes: rows.into_iter().map(|row| row.node).collect(),
        depot: 0,
        fleet: vehicles.unwrap_or(given),
        capacity,
        ways: Ways::Straight,
        pairs,
        route_max: None,
    };
    Ok(sheet.into_input()?)
}

fn check_speed(speed: Word<'_>) -> Result<(), Fault> {
    match speed.count("speed")? {
        0 | 1 => Ok(()),
        _ => Err(speed.fault("speed 1, or 0 for none: a unit of length takes a unit of time")),
    }
}

fn rows<'a>(lines: impl Iterator<Item = Line<'a>>) -> Result<Vec<Row<'a>>, Faults> {
    let (mut rows, mut faults) = (Vec::new(), Faults::default());
    for line in lines {
        match row(line) {
            Ok(row) => rows.push(row),
            Err(fault) => faults.push(fault),
        }
    }
    if rows.is_empty() && faults.count() == 0 {
        faults.push(Fault::in_file("found no rows of nodes, expected a depot and customers"));
    }
    faults.finish(rows)
}

fn row(line: Line<'_>) -> Result<Row<'_>, Fault> {
    let [id, x, y, demand, ready, due, service, pickup, delivery] = line.exactly(&COLUMNS)?;
    let node = Node {
        id: id.count("number of a node")?,
        point: Some([x.number("x")?, y.number("y")?]),
        demand: demand.whole("demand")?,
        window: Some([ready.positive("ready time")?, due.moment("due date")?]),
        service: service.positive("service time")?,
        release: 0.0,
    };
    check_window(&node, || ready.refuse(reversed(ready.text, due.text)))?;
    let (pickup, delivery) =
        (pickup.count("pickup's number")?, delivery.count("delivery's number")?);
    Ok(Row { line, node, pickup, delivery })
}

/// Each pickup with its delivery, as indices of rows.
fn pairs(rows: &[Row<'_>]) -> Result<Vec<[usize; 2]>, Faults> {
    let (mut pairs, mut faults) = (Vec::new(), Faults::default());
    let mut places = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        if places.insert(row.node.id, place).is_some() {
            faults.push(twice(row.line, row.node.id));
        }
    }
    for (place, row) in rows.iter().enumerate().skip(1) {
        match partner(row, rows, &places) {
            Ok(delivery) if row.delivery != 0 => pairs.push([place, delivery]),
            Ok(_) => {}
            Err(message) => faults.push(row.line.fault(message)),
        }
    }
    faults.finish(pairs)
}

/// The row that belongs to this one.
fn partner(row: &Row<'_>, rows: &[Row<'_>], places: &HashMap<u64, usize>) -> Result<usize, String> {
    let id = row.node.id;
    let other = match (row.pickup, row.delivery) {
        (0, 0) => return Err(format!("node {id} has neither a pickup nor a delivery")),
        (pickup, 0) => pickup,
        (0, delivery) => delivery,
        _ => return Err(format!("node {id} has both a pickup and a delivery: expected one")),
    };
    let place = places.get(&other).copied().filter(|&place| place > 0);
    let place =
        place.ok_or_else(|| format!("node {id} names node {other}, which is no customer"))?;
    let back = &rows[place];
    if (back.delivery, back.pickup) != if row.delivery == 0 { (id, 0) } else { (0, id) } {
        return Err(format!("node {id} names node {other}, which does not name it back"));
    }
    let (demand, there) = (row.node.demand, back.node.demand);
    if demand != -there || (row.delivery != 0) != (demand > 0) {
        return Err(format!(
            "node {id} has demand {demand} and its partner {other} has {there}: expected a \
             positive number at the pickup and the same, negative, at the delivery"
        ));
    }
    Ok(place)
}
