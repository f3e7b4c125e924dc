//! VRPLIB's sections: CVRPLIB's files, and ORTEC's.

use super::reading::{answer, refused, taken};
use doorstep::formats::{Format, Input};
use doorstep::solver::{Task, Window};

const ORTEC: &str = "\
NAME : ORTEC-VRPTW-ASYM-x
COMMENT : a matrix: asymmetric
TYPE : VRPTW
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : 10
VEHICLES : 2
EDGE_WEIGHT_SECTION
0 100 200
150 0 50
250 60 0
NODE_COORD_SECTION
1 0 0
2 10 10
3 20 20
DEMAND_SECTION
1 0
2 4
3 5
DEPOT_SECTION
1
-1
SERVICE_TIME_SECTION
1 0
2 30
3 40
TIME_WINDOW_SECTION
1 0 1000
2 100 200
3 300 400
EOF
";

const CVRP: &str = "\
NAME: X
TYPE: CVRP
DIMENSION: 4
EDGE_WEIGHT_TYPE: EUC_2D
CAPACITY: 10
NODE_COORD_SECTION
1 0 0
2 1 1
3 2 2
4 0 2
DEMAND_SECTION
1 0
2 4
3 5
4 6
DEPOT_SECTION
 1
 -1
EOF
";

fn vrplib(text: &str) -> Input {
    taken(Format::Vrplib, text)
}

#[test]
fn an_ortec_file_is_taken_as_it_is() {
    let problem = vrplib(ORTEC).problem;
    assert_eq!(problem.travel[0].duration(0, 1), 100);
    assert_eq!(problem.travel[0].duration(1, 0), 150);
    assert_eq!(problem.travel[0].distance(2, 1), 60);
    assert_eq!(problem.vehicles.len(), 3, "a quarter more than VEHICLES, rounded up");
    assert_eq!(problem.vehicles[0].latest, 1_000);
    assert_eq!(problem.visits[1].windows, [Window { opens: 300, closes: 400 }]);
    assert_eq!(problem.visits[1].service, 40);
    let without = ORTEC.replace("VEHICLES : 2\n", "");
    assert_eq!(vrplib(&without).problem.vehicles.len(), 25);
}

#[test]
fn ids_are_places_in_the_file_from_0_whatever_nodes_are_called() {
    for text in [ORTEC.to_owned(), renumbered(ORTEC)] {
        let json = answer(&vrplib(&text), &[(0, &[Task::Visit(0), Task::Visit(1)])]);
        let steps = json["routes"][0]["steps"].as_array().unwrap();
        let ids: Vec<_> = steps.iter().map(|step| step["id"].as_u64()).collect();
        assert_eq!(ids, [None, Some(1), Some(2), None]);
        assert_eq!(json["summary"]["cost"], 400);
        assert_eq!(steps[1]["duration"], 100);
    }
}

/// The same file with nodes that count from 0.
fn renumbered(text: &str) -> String {
    let (before, after) = text.split_once("NODE_COORD_SECTION").unwrap();
    let lines = after.lines().map(|line| {
        let mut words = line.split(' ');
        let number = words.next().unwrap();
        let number = match number.parse::<i64>() {
            Ok(number @ 1..) => (number - 1).to_string(),
            _ => number.to_owned(),
        };
        [vec![number.as_str()], words.collect()].concat().join(" ")
    });
    format!("{before}NODE_COORD_SECTION{}", lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn coordinates_are_lengths_at_full_precision_with_a_vehicle_for_everyone() {
    let input = vrplib(CVRP);
    assert_eq!(input.problem.vehicles.len(), 3);
    assert_eq!(input.problem.travel[0].duration(0, 1), 14_142);
    let json = answer(&input, &[(0, &[Task::Visit(0), Task::Visit(1)])]);
    let cost = json["summary"]["cost"].as_f64().unwrap();
    assert!((cost - 4.0 * 2_f64.sqrt()).abs() < 1e-12, "{cost}");
}

#[test]
fn lengths_are_rounded_up_where_the_file_says_so() {
    let input = vrplib(&CVRP.replace("EUC_2D", "CEIL_2D"));
    assert_eq!(input.problem.travel[0].duration(0, 1), 2);
    assert_eq!(input.problem.travel[0].duration(0, 2), 3);
}

#[test]
fn all_matrix_formats_say_the_same() {
    let file = |format: &str, cells: &str| {
        format!(
            "DIMENSION : 3\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : {format}\n\
             CAPACITY : 9\nEDGE_WEIGHT_SECTION\n{cells}\nDEMAND_SECTION\n1 0\n2 1\n3 1\n\
             DEPOT_SECTION\n1\n-1\nEOF"
        )
    };
    for (format, cells) in [
        ("FULL_MATRIX", "0 1 2 1 0 3 2 3 0"),
        ("LOWER_ROW", "1\n2 3"),
        ("LOWER_DIAG_ROW", "0\n1 0\n2 3 0"),
        ("UPPER_ROW", "1 2\n3"),
        ("UPPER_DIAG_ROW", "0 1 2\n0 3\n0"),
        ("LOWER_COL", "1 2\n3"),
        ("UPPER_COL", "1\n2 3"),
        ("LOWER_DIAG_COL", "0 1 2 0 3 0"),
        ("UPPER_DIAG_COL", "0 1 0 2 3 0"),
    ] {
        let travel = &vrplib(&file(format, cells)).problem.travel[0];
        let lengths = [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)];
        let lengths = lengths.map(|(from, to)| travel.duration(from, to));
        assert_eq!(lengths, [1, 1, 2, 2, 3, 3], "{format}");
    }
    let fractions = vrplib(&file("LOWER_ROW", "1.5\n2 3"));
    assert_eq!(fractions.problem.travel[0].duration(0, 1), 15_000);
}

#[test]
fn release_times_route_limits_and_a_common_service_time_are_read() {
    let text = CVRP.replace(
        "NODE_COORD_SECTION",
        "DISTANCE: 9.5\nSERVICE_TIME: 2\nRELEASE_TIME_SECTION\n1 0\n2 5\n3 0\n4 0\n\
         NODE_COORD_SECTION",
    );
    let problem = vrplib(&text).problem;
    assert_eq!(problem.visits[0].release, 50_000);
    assert_eq!(problem.visits[0].service, 20_000);
    assert_eq!(problem.vehicles[0].limits.duration, Some(95_000));
}

#[test]
fn faults_are_told_with_line_and_column() {
    for (from, to, expected) in [
        ("EXPLICIT", "GEO", "line 5, column 20: found 'GEO', expected EUC_2D, CEIL_2D or EXPLICIT"),
        ("FULL_MATRIX", "FUNCTION", "line 6, column 22: found 'FUNCTION', expected FULL_MATRIX"),
        ("DIMENSION : 3\n", "", "found no DIMENSION, expected the number of nodes"),
        ("DIMENSION : 3", "DIMENSION : 0", "found '0', expected DIMENSION, from 1"),
        ("CAPACITY : 10\n", "", "found no CAPACITY, expected how much a vehicle holds"),
        ("CAPACITY : 10", "CAPACITY :", "line 7, column 1: found no value of CAPACITY"),
        ("CAPACITY : 10", "CAPACITY : ten", "line 7, column 12: found 'ten', expected CAPACITY"),
        ("CAPACITY", "COLOUR", "line 7, column 1: found header 'COLOUR', expected one of NAME"),
        ("250 60 0", "250 60", "EDGE_WEIGHT_SECTION has 8 numbers, expected 9: FULL_MATRIX of 3"),
        ("150 0 50", "150 0 -5", "line 11, column 7: found '-5', expected length of a way"),
        ("3 20 20", "2 20 20", "line 16, column 1: found a second node 2"),
        ("3 20 20\n", "", "found 2 nodes, expected DIMENSION, 3"),
        ("2 4\n", "9 4\n", "line 19, column 1: found '9', expected the number of a node"),
        ("2 4\n", "1 4\n", "line 19, column 1: found this node a second time"),
        ("3 5\n", "", "DEMAND_SECTION has 2 of 3 nodes, expected all"),
        ("3 5\n", "3\n", "DEMAND_SECTION ends within a row, expected rows of 2: number, demand"),
        ("2 4\n", "2 -4\n", "found '-4', expected demand, a whole number that is not negative"),
        ("1\n-1\n", "1\n2\n-1\n", "line 23, column 1: found '2', expected -1: files with one"),
        ("2 100 200", "2 200 100", "begins at '200' and ends before, at '100'"),
        ("SERVICE_TIME_SECTION", "TOLL_SECTION", "found 'TOLL_SECTION', expected one of NODE_"),
        ("SERVICE_TIME_SECTION", "DEMAND_SECTION", "found DEMAND_SECTION a second time"),
        ("NAME :", "NAME", "line 1, column 1: found 'NAME ORTEC-VRPTW-ASYM-x', expected a header"),
    ] {
        assert!(ORTEC.contains(from), "{from}");
        let message = refused(Format::Vrplib, &ORTEC.replace(from, to));
        assert!(message.contains(expected), "{message}\n{expected}");
    }
}
