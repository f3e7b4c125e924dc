//! Solomon's and Li & Lim's text.

use super::reading::{answer, refused, taken};
use doorstep::formats::{Format, Options, read};
use doorstep::solver::{Costs, Task, Window};

const SOLOMON: &str = "\
R1

VEHICLE
NUMBER     CAPACITY
   3         200

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      35         35          0          0       230          0
    1      41         49         10        161       171         10
    2      35         17          7         50        60         10
";

const LILIM: &str = "\
2\t50\t1
0\t0\t0\t0\t0\t1000\t0\t0\t0
1\t3\t4\t10\t0\t900\t5\t0\t2
2\t6\t8\t-10\t0\t900\t5\t1\t0
";

#[test]
fn a_solomon_file_is_scaled_by_ten_thousand() {
    let problem = taken(Format::Solomon, SOLOMON).problem;
    assert_eq!((problem.vehicles.len(), problem.visits.len()), (3, 2));
    let vehicle = &problem.vehicles[0];
    assert_eq!((vehicle.start, vehicle.end), (Some(0), Some(0)));
    assert_eq!((vehicle.earliest, vehicle.latest), (0, 2_300_000));
    assert_eq!(vehicle.capacity, [200, 0, 0, 0]);
    assert_eq!(vehicle.costs, Costs { fixed: 0, per_second: 0, per_metre: 1 });
    let visit = &problem.visits[0];
    assert_eq!(visit.windows, [Window { opens: 1_610_000, closes: 1_710_000 }]);
    assert_eq!((visit.service, visit.delivery), (100_000, [10, 0, 0, 0]));
    assert_eq!(problem.travel[0].duration(0, 1), 152_315);
}

#[test]
fn the_answer_has_ids_of_the_file_and_lengths_at_full_precision() {
    let input = taken(Format::Solomon, SOLOMON);
    let json = answer(&input, &[(1, &[Task::Visit(1), Task::Visit(0)])]);
    let route = &json["routes"][0];
    let ids: Vec<_> = route["steps"].as_array().unwrap().iter().map(|s| s["id"].as_u64()).collect();
    assert_eq!(ids, [None, Some(2), Some(1), None]);
    assert_eq!(route["vehicle"], 1);
    let length = 18.0 + 6_f64.hypot(32.0) + 6_f64.hypot(14.0);
    for value in [&json["summary"]["cost"], &route["cost"], &route["distance"]] {
        assert!((value.as_f64().unwrap() - length).abs() < 1e-9, "{value}");
    }
    assert_eq!(route["steps"][1]["location"], serde_json::json!([35.0, 17.0]));
    assert_eq!(route["steps"][2]["arrival"], 92.5576);
    assert_eq!(route["steps"][2]["waiting_time"], 68.4424);
}

#[test]
fn a_long_horizon_is_counted_less_finely() {
    let long = SOLOMON.replace(" 230 ", " 300000 ");
    let problem = taken(Format::Solomon, &long).problem;
    assert_eq!(problem.vehicles[0].latest, 300_000_000);
    assert_eq!(problem.travel[0].duration(0, 1), 15_232);
}

#[test]
fn the_fleet_can_be_set() {
    let options = Options { vehicles: Some(7), ..Options::default() };
    let input = read(Format::Solomon, SOLOMON.as_bytes(), &options).unwrap();
    assert_eq!(input.problem.vehicles.len(), 7);
}

#[test]
fn faults_of_a_solomon_file_are_told_with_line_and_column() {
    for (from, to, expected) in [
        ("NUMBER", "VEHICLES", "found no line 'NUMBER CAPACITY'"),
        ("   3         200", "   3", "line 5, column 4: found 1 columns, expected 2: number of"),
        ("   3 ", "  -3 ", "line 5, column 3: found '-3', expected number of vehicles, a whole"),
        ("41         49", "41", "line 11, column 5: found 6 columns, expected 7: number, x, y"),
        ("41 ", "4l ", "line 11, column 12: found '4l', expected x, a number"),
        ("161       171", "171       161", "begins at '171' and ends before, at '161'"),
        ("    2  ", "    1  ", "line 12, column 5: found a second node 1"),
        ("49         10 ", "49         -1 ", "found '-1', expected demand, a whole number"),
        ("  7         50", "  7.5       50", "found '7.5', expected demand, a whole number"),
        ("60         10", "60        nan", "found 'nan', expected service time, a number"),
        ("   3 ", "3000000000 ", "at most 1000000 can be read"),
    ] {
        assert!(SOLOMON.contains(from), "{from}");
        let message = refused(Format::Solomon, &SOLOMON.replace(from, to));
        assert!(message.contains(expected), "{message}\n{expected}");
    }
    assert!(refused(Format::Solomon, "").contains("NUMBER CAPACITY"));
    assert!(refused(Format::Solomon, "NUMBER CAPACITY\n1 2\n").contains("found no rows of nodes"));
}

#[test]
fn every_fault_of_the_rows_is_told_at_once() {
    let broken = SOLOMON.replace("41 ", "x ").replace("17 ", "y ");
    let message = refused(Format::Solomon, &broken);
    assert_eq!(message.lines().count(), 2, "{message}");
}

#[test]
fn pairs_of_a_lilim_file_are_shipments() {
    let input = taken(Format::LiLim, LILIM);
    let problem = &input.problem;
    assert_eq!((problem.shipments[0].pickup, problem.shipments[0].delivery), (0, 1));
    assert_eq!(problem.visits[0].pickup, [10, 0, 0, 0]);
    assert_eq!(problem.visits[1].delivery, [10, 0, 0, 0]);
    assert_eq!(problem.visits[1].pickup, [0; 4]);
    let json = answer(&input, &[(0, &[Task::Visit(0), Task::Visit(1)])]);
    let steps = json["routes"][0]["steps"].as_array().unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| step["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["start", "pickup", "delivery", "end"]);
    assert_eq!(json["summary"]["cost"], 20);
    assert_eq!(steps[1]["load"], serde_json::json!([10]));
}

#[test]
fn faults_of_a_lilim_file_are_told() {
    for (from, to, expected) in [
        ("50\t1", "50\t7", "line 1, column 6: found '7', expected speed 1"),
        ("0\t2\n", "0\t0\n", "line 3, column 1: node 1 has neither a pickup nor a delivery"),
        ("0\t2\n", "3\t2\n", "node 1 has both"),
        ("0\t2\n", "0\t9\n", "node 1 names node 9, which is no customer"),
        ("1\t0\n", "2\t0\n", "node 2 names node 2, which does not name it back"),
        ("-10", "-9", "node 1 has demand 10 and its partner 2 has -9"),
        ("2\t6\t8", "1\t6\t8", "line 4, column 1: found a second node 1"),
        ("900\t5\t0\t2", "900\t5\t0", "found 8 columns, expected 9"),
    ] {
        assert!(LILIM.contains(from), "{from}");
        let message = refused(Format::LiLim, &LILIM.replace(from, to));
        assert!(message.contains(expected), "{message}\n{expected}");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let text = format!("\u{feff}{}", LILIM.replace('\n', "\r\n"));
    assert_eq!(taken(Format::LiLim, &text).problem.visits.len(), 2);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot test says so")]
fn public_files_are_read() {
    let bench = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/bench");
    for (name, format, visits) in [
        ("solomon/R101.txt", Format::Solomon, 100),
        ("homberger/r1_10_1.txt", Format::Solomon, 1_000),
        ("lilim/lc101.txt", Format::LiLim, 106),
    ] {
        let Ok(bytes) = std::fs::read(format!("{bench}/{name}")) else {
            eprintln!("NOT TESTED: ../shared/bench/{name} is absent");
            continue;
        };
        let input = read(format, &bytes, &Options::default()).unwrap();
        assert_eq!(input.problem.visits.len(), visits, "{name}");
    }
}
