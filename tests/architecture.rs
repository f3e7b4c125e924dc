//! Holds the shape of the house: which room may use which, what the pure rooms must not touch, how
//! long a file may get, and that both databases have the same migrations.
//!
//! The sources are read as tokens (see [`mentions`]), so that `use` groups, `super::super`, paths
//! inside expressions and paths inside macro calls are all seen alike. Types are not resolved: a
//! room that passes here can still be impure by way of a crate that nobody listed in [`rules`].

#[path = "architecture/mentions.rs"]
mod mentions;
#[path = "architecture/planted.rs"]
mod planted;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/tree.rs"]
mod tree;

use std::collections::BTreeSet;

use rules::{Half, Room};

/// A room that may use all others: the crate's root and the command line.
const EVERYTHING: &[&str] = &["*"];

/// Every room, each below those that it may use.
const ROOMS: &[Room] = &[
    // Pure: no async, no clock, no I/O.
    Room { name: "geo", half: Half::Pure, may_use: &[] },
    Room { name: "model", half: Half::Pure, may_use: &["geo"] },
    Room { name: "zones", half: Half::Pure, may_use: &["geo", "model"] },
    Room { name: "schedule", half: Half::Pure, may_use: &["geo", "model"] },
    Room { name: "solver", half: Half::Pure, may_use: &[] },
    Room {
        name: "planning",
        half: Half::Pure,
        may_use: &["geo", "model", "zones", "schedule", "solver"],
    },
    // The verifier judges the solver, so it must not share its mistakes.
    Room { name: "check", half: Half::Pure, may_use: &["geo", "model"] },
    Room { name: "intake", half: Half::Pure, may_use: &["geo", "model"] },
    Room { name: "formats", half: Half::Pure, may_use: &["solver"] },
    Room { name: "city", half: Half::Pure, may_use: &["geo", "model", "intake"] },
    // Shell.
    Room { name: "clock", half: Half::Shell, may_use: &[] },
    Room { name: "store", half: Half::Shell, may_use: &["geo", "model", "clock"] },
    Room { name: "config", half: Half::Shell, may_use: &["geo", "store"] },
    Room { name: "travel", half: Half::Shell, may_use: &["geo", "model", "config", "clock"] },
    Room { name: "events", half: Half::Shell, may_use: &["model", "clock", "store"] },
    Room {
        name: "desk",
        half: Half::Shell,
        may_use: &[
            "geo", "model", "zones", "schedule", "planning", "check", "clock", "store", "config",
            "travel",
        ],
    },
    Room {
        name: "simulation",
        half: Half::Shell,
        may_use: &["geo", "model", "intake", "city", "clock"],
    },
    Room {
        name: "http",
        half: Half::Shell,
        may_use: &[
            "geo",
            "model",
            "zones",
            "schedule",
            "planning",
            "check",
            "city",
            "config",
            "clock",
            "intake",
            "store",
            "travel",
            "events",
            "desk",
            "simulation",
        ],
    },
    Room { name: "cli", half: Half::Shell, may_use: EVERYTHING },
    Room { name: "lib", half: Half::Shell, may_use: EVERYTHING },
    Room { name: "main", half: Half::Shell, may_use: EVERYTHING },
];

/// A longer file is two files that have not been told apart yet.
const LINES_MAX: usize = 500;

#[test]
fn rooms_keep_their_directions() {
    let sources = tree::rust_sources("src");
    assert!(sources.iter().any(|s| s.path == "src/lib.rs"), "src/lib.rs was not found");
    let found = rules::violations(ROOMS, &sources);
    let list: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} found:\n{}", list.len(), list.join("\n"));
}

#[test]
fn the_table_only_looks_upwards() {
    for (i, room) in ROOMS.iter().enumerate() {
        for used in room.may_use.iter().filter(|&&used| used != "*") {
            let above = ROOMS[..i].iter().find(|other| other.name == *used);
            let above = above.unwrap_or_else(|| panic!("`{used}` is not above `{}`", room.name));
            assert!(
                room.half == Half::Shell || above.half == Half::Pure,
                "`{}` is pure and may not use `{used}` of the shell",
                room.name
            );
        }
    }
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = ["src", "tests", "benches", "web", "migrations"]
        .into_iter()
        .flat_map(tree::sources)
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .map(|(lines, path)| format!("{path}: {lines} lines, at most {LINES_MAX}: split it"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |engine: &str| -> BTreeSet<String> {
        let folder = format!("migrations/{engine}/");
        let files = tree::files(&folder).into_iter();
        files.map(|path| path.trim_start_matches(&folder).to_owned()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"), "migrations/sqlite (left), postgres (right)");
}
