//! Sources with a known fault, to show that the rules would find it, and lawful ones that look alike.

use crate::ROOMS;
use crate::rules;
use crate::tree::Source;

/// What is reported of these sources, as `path:line: what`.
fn report(sources: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> = sources
        .iter()
        .map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() })
        .collect();
    rules::violations(ROOMS, &sources).iter().map(ToString::to_string).collect()
}

/// A file, its text, and the start of the one report that is expected of it.
type Planted = (&'static str, &'static str, &'static str);

const WRONG_WAY: &[Planted] = &[
    (
        "src/geo/mod.rs",
        "\nuse crate::solver::Problem;",
        "src/geo/mod.rs:2: `crate::solver::Problem`",
    ),
    (
        "src/zones/grow.rs",
        "use crate::{\n    geo::{Cell, Point},\n    model::Visit,\n    planning::{self as p},\n};",
        "src/zones/grow.rs:4: `crate::planning`",
    ),
    (
        "src/check/load.rs",
        "use super::super::solver::Evaluation;",
        "src/check/load.rs:1: `crate::solver::Evaluation`",
    ),
    (
        "src/check/load.rs",
        "mod inner {\n    use super::super::super::planning;\n}",
        "src/check/load.rs:2: `crate::planning`",
    ),
    (
        "src/store/booking.rs",
        "fn f() -> u32 {\n    1 + crate::desk::queue_length()\n}",
        "src/store/booking.rs:2: `crate::desk::queue_length`",
    ),
    (
        "src/events/log.rs",
        "struct S(Vec<crate::solver::Plan>);",
        "src/events/log.rs:1: `crate::solver",
    ),
    ("src/events/log.rs", "pub use ::doorstep::solver;", "src/events/log.rs:1: `crate::solver`"),
    (
        "src/desk/writer.rs",
        "fn f() {\n    tracing::info!(\n        n = crate::http::count(),\n    );\n}",
        "src/desk/writer.rs:3: `crate::http::count`",
    ),
    (
        "src/desk.rs",
        "macro_rules! m { () => { $crate::http::count() } }",
        "src/desk.rs:1: `crate::http::count`",
    ),
    (
        "src/http/auth.rs",
        "#[derive(crate::cli::Keys)]\nstruct S;",
        "src/http/auth.rs:1: `crate::cli",
    ),
    ("src/planning/day.rs", "use crate::check::verify;", "src/planning/day.rs:1: `crate::check"),
    ("src/model/visit.rs", "use crate::*;", "src/model/visit.rs:1: takes in every room"),
    ("src/model/mod.rs", "use super::*;", "src/model/mod.rs:1: takes in every room"),
    (
        "src/model/visit.rs",
        "use crate as root;\n\nstruct S(root::store::Tx);",
        "src/model/visit.rs:3: `crate::store::Tx`",
    ),
    (
        "src/store/mod.rs",
        "use crate::Thing;",
        "src/store/mod.rs:1: `crate::Thing`: `Thing` is no room",
    ),
    ("src/geo/mod.rs", "#[path = \"../http/mod.rs\"]\nmod h;", "src/geo/mod.rs:1: `#[path]`"),
    ("src/utils/mod.rs", "", "src/utils/mod.rs:1: `utils` is a new room"),
    ("src/geo/mod.rs", "fn f() {\n    (", "src/geo/mod.rs:"),
    (
        "src/model/mod.rs",
        "#[cfg(not(test))]\nuse crate::store;",
        "src/model/mod.rs:2: `crate::store`",
    ),
    (
        "src/model/mod.rs",
        "#[cfg(test)]\n#[expect(dead_code)]\nmod tests { }\nuse crate::store;",
        "src/model/mod.rs:4: `crate::store`",
    ),
];

const IMPURE: &[Planted] = &[
    ("src/geo/mod.rs", "use tokio::spawn;", "src/geo/mod.rs:1: `tokio::spawn`"),
    ("src/geo/mod.rs", "use {\n  csv,\n  tokio as t,\n};", "src/geo/mod.rs:3: `tokio`"),
    (
        "src/model/mod.rs",
        "#[derive(sqlx::FromRow)]\nstruct S;",
        "src/model/mod.rs:1: `sqlx::FromRow`",
    ),
    ("src/model/mod.rs", "fn f(b: axum::Body) {}", "src/model/mod.rs:1: `axum::Body`"),
    ("src/model/mod.rs", "fn f() { ::reqwest::get(1) }", "src/model/mod.rs:1: `reqwest::get`"),
    ("src/zones/mod.rs", "use std::{fmt, fs};", "src/zones/mod.rs:1: `std::fs`"),
    ("src/zones/mod.rs", "use std::{fmt, net::*};", "src/zones/mod.rs:1: `std::net`"),
    ("src/zones/mod.rs", "use std::*;", "src/zones/mod.rs:1: `std`: `*` brings in"),
    ("src/zones/mod.rs", "fn f() { std::env::var(\"A\"); }", "src/zones/mod.rs:1: `std::env::var`"),
    (
        "src/city/mod.rs",
        "use std::thread;\nfn f() { thread::sleep(D) }",
        "src/city/mod.rs:2: `std::thread::sleep`",
    ),
    (
        "src/solver/sisr.rs",
        "use std::time::Instant;\nfn f() {\n    let t = Instant::now();\n}",
        "src/solver/sisr.rs:3: `std::time::Instant::now`",
    ),
    (
        "src/solver/sisr.rs",
        "fn f() {\n    let t = <std::time::Instant>::now();\n}",
        "src/solver/sisr.rs:2: `_::now`",
    ),
    (
        "src/solver/sisr.rs",
        "fn f(t: Instant) -> D { t.elapsed() }",
        "src/solver/sisr.rs:1: `elapsed`",
    ),
    (
        "src/check/mod.rs",
        "use std::time::SystemTime;",
        "src/check/mod.rs:1: `std::time::SystemTime`",
    ),
    (
        "src/check/mod.rs",
        "use chrono::Utc as Zone;\nfn f() { g(vec![Zone::now()]) }",
        "src/check/mod.rs:2: `chrono::Utc::now`",
    ),
    (
        "src/solver/mod.rs",
        "fn f() { let mut r = rand::rng(); }",
        "src/solver/mod.rs:1: `rand::rng`",
    ),
    (
        "src/solver/mod.rs",
        "use rand::prelude::*;\nfn f() { g(rng()) }",
        "src/solver/mod.rs:2: `rng`",
    ),
    ("src/planning/mod.rs", "pub(crate) async fn f() {}", "src/planning/mod.rs:1: `async`"),
    (
        "src/planning/mod.rs",
        "fn f() {\n    g(async move { 1 })\n}",
        "src/planning/mod.rs:2: `async`",
    ),
    ("src/planning/mod.rs", "m! {\n    x.y().await\n}", "src/planning/mod.rs:2: `await`"),
];

/// Each alone in its file, and nothing of it reported.
const LAWFUL: &[(&str, &str)] = &[
    (
        "src/geo/mod.rs",
        "//! Not `crate::http`.\n// tokio::spawn\nconst A: &str = \"std::fs::read\";",
    ),
    ("src/geo/mod.rs", "/* async fn */ mod cell;\nuse self::cell::Cell;\nuse super::geo::cell;"),
    ("src/geo/cell.rs", "use super::{Point, datum::{self, Datum}};\npub(super) fn f() {}"),
    ("src/model/mod.rs", "pub(in crate::model) struct S;\npub(crate) struct T;"),
    (
        "src/model/mod.rs",
        "fn f(clock: &dyn Fn() -> Instant, fs: u8) { let tower = clock(); tower; }",
    ),
    (
        "src/model/mod.rs",
        "use std::io::BufRead;\nfn f<'async_>(now: u8) { a.now(); b.tokio; 0..fs }",
    ),
    (
        "src/solver/mod.rs",
        "fn rng() -> R { todo }\nfn f(rng: &mut R) { rng.random::<u8>(); g(rng) }",
    ),
    (
        "src/planning/mod.rs",
        "fn f() -> impl Sized + use<'_> { 1 }\nuse crate::{geo, model::Visit};",
    ),
    (
        "src/solver/mod.rs",
        "#[cfg(test)]\nmod tests {\n    use crate::http;\n    async fn f() {}\n}\n\
         #[cfg(test)]\npub(crate) use crate::{check, city};\n\
         #[cfg(test)]\npub(crate) fn f() { std::fs::read(1) }",
    ),
    ("src/solver/mod.rs", "#![cfg(test)]\nuse crate::check;"),
    ("src/store/mod.rs", "use tokio::fs;\nasync fn f() { std::time::Instant::now(); g().await }"),
    ("src/http/mod.rs", "use crate::{desk::Desk, planning, store::*};"),
    ("src/cli/serve.rs", "use crate::*;\nuse crate::http::app;"),
    ("src/main.rs", "use doorstep::cli;"),
    ("src/lib.rs", "pub mod geo;\npub use http::app;"),
];

#[track_caller]
fn assert_found(planted: &[Planted]) {
    for (path, text, expected) in planted {
        let found = report(&[(path, text)]);
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "in\n{text}\nexpected {expected}\nfound {found:#?}"
        );
    }
}

#[test]
fn a_planted_violation_is_found() {
    assert_found(WRONG_WAY);
}

#[test]
fn a_planted_impurity_is_found() {
    assert_found(IMPURE);
}

#[test]
fn lawful_code_passes() {
    for (path, text) in LAWFUL {
        let found = report(&[(path, text)]);
        assert!(found.is_empty(), "in\n{text}\nfound {found:#?}");
    }
}

#[test]
fn a_file_for_tests_alone_is_left_out() {
    let tests = ("src/solver/tests.rs", "use crate::check::verify;");
    let with = |declaration| report(&[("src/solver/mod.rs", declaration), tests]);
    assert_eq!(with("#[cfg(test)]\nmod tests;"), [""; 0]);
    assert_eq!(with("mod tests;").len(), 1);
}
