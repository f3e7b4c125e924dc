//! What a room may mention.

use std::fmt;

use crate::mentions::{self, Kind, Mention};
use crate::tree::Source;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// No async, no clock, no I/O; time, randomness and budgets are arguments.
    Pure,
    Shell,
}

/// A module directly below the crate's root: a folder or a file in `src`.
pub(crate) struct Room {
    pub(crate) name: &'static str,
    pub(crate) half: Half,
    /// The other rooms whose names it may mention; `*` for all.
    pub(crate) may_use: &'static [&'static str],
}

/// A mention that breaks a rule.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Violation {
    pub(crate) path: String,
    pub(crate) line: usize,
    /// What was mentioned and what to do instead.
    pub(crate) what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Paths that no pure room may mention, nor anything below them.
const IMPURE: &[&str] = &[
    "axum",
    "getrandom",
    "hyper",
    "reqwest",
    "sqlx",
    "tokio",
    "tokio_util",
    "tower",
    "tower_http",
    "chrono::Local",
    "rand::make_rng",
    "rand::random",
    "rand::rng",
    "std::env",
    "std::fs",
    "std::io::stderr",
    "std::io::stdin",
    "std::io::stdout",
    "std::net",
    "std::process",
    "std::thread::sleep",
];

/// Names that read the clock or the system's randomness, or that bring in async, wherever they stand.
const IMPURE_NAMES: &[&str] = &[
    "OsRng",
    "SysRng",
    "SystemTime",
    "ThreadRng",
    "async",
    "await",
    "from_entropy",
    "from_os_rng",
    "new_v4",
    "now_v7",
    "thread_rng",
];

/// Every violation in the sources, by file and line.
pub(crate) fn violations(rooms: &[Room], sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut read = Vec::new();
    for source in sources {
        let module = module_path(&source.path);
        match mentions::read(&module, &source.text) {
            Ok(mentions) => read.push((source, module, mentions)),
            Err(e) => found.push(Violation {
                path: source.path.clone(),
                line: e.span().start().line,
                what: format!("no Rust source: {e}"),
            }),
        }
    }
    let for_tests: Vec<_> = read.iter().flat_map(|(.., m)| m.test_modules.clone()).collect();
    for (source, module, mentions) in &read {
        if for_tests.iter().any(|tests| module.starts_with(tests)) {
            continue;
        }
        let at = |line, what| Violation { path: source.path.clone(), line, what };
        let name = room_name(&source.path);
        let Some(room) = rooms.iter().find(|room| room.name == name) else {
            let what = format!("`{name}` is a new room: add it to ROOMS in tests/architecture.rs");
            found.push(at(1, what));
            continue;
        };
        let broken = mentions.all.iter().flat_map(|mention| {
            faults(rooms, room, mention).into_iter().map(|what| at(mention.line, what))
        });
        found.extend(broken);
    }
    found.sort();
    found.dedup();
    found
}

fn faults(rooms: &[Room], room: &Room, mention: &Mention) -> Vec<String> {
    let moved = (mention.kind == Kind::FileAttribute)
        .then(|| "`#[path]` hides which room a file belongs to: leave it out".to_owned());
    let impure = (room.half == Half::Pure).then(|| impurity(room, mention)).flatten();
    moved.into_iter().chain(direction(rooms, room, mention)).chain(impure).collect()
}

fn direction(rooms: &[Room], room: &Room, mention: &Mention) -> Option<String> {
    if room.may_use == ["*"] || mention.path.first()? != "crate" {
        return None;
    }
    let Some(target) = mention.path.get(1) else {
        let all = mention.kind == Kind::Glob;
        return all.then(|| "takes in every room by `*`: name what is used".to_owned());
    };
    if target == room.name || room.may_use.contains(&target.as_str()) {
        return None;
    }
    let written = mention.path.join("::");
    if !rooms.iter().any(|known| known.name == target) {
        return Some(format!("`{written}`: `{target}` is no room of ROOMS: put it in one"));
    }
    let may = match room.may_use {
        [] => "no other room".to_owned(),
        rooms => rooms.join(", "),
    };
    Some(format!("`{written}`: `{}` may not use `{target}`, only {may}", room.name))
}

fn impurity(room: &Room, mention: &Mention) -> Option<String> {
    let written = mention.path.join("::");
    let fault = |rule: &str| Some(format!("`{written}`: {rule}, and `{}` is pure", room.name));
    let last = mention.path.last().map_or("", String::as_str);
    if mention.kind == Kind::Method {
        return match last {
            "await" => fault("waits"),
            "elapsed" => fault("reads the clock"),
            _ => None,
        };
    }
    if mention.path.iter().any(|name| IMPURE_NAMES.contains(&name.as_str())) {
        return fault("async, the clock and the system's randomness stay in the shell");
    }
    if mention.path.len() > 1 && last == "now" {
        return fault("reads the clock: take the time as an argument");
    }
    if mention.kind == Kind::BareCall && written == "rng" {
        return fault("takes the system's randomness: take a generator as an argument");
    }
    for impure in IMPURE {
        let below = written == *impure || written.starts_with(&format!("{impure}::"));
        // A variable may be called `tower`: a crate is named with something behind it or imported.
        if below && (mention.path.len() > 1 || mention.kind != Kind::Path) {
            return fault("I/O, async, the clock and randomness stay in the shell");
        }
        if mention.kind == Kind::Glob && impure.starts_with(&format!("{written}::")) {
            return fault(&format!("`*` brings in `{impure}`"));
        }
    }
    None
}

/// `src/a/mod.rs` is `a`, `src/a/b.rs` is `a::b`, `src/lib.rs` and `src/main.rs` are the root.
fn module_path(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let inner = if matches!(inner, "lib" | "main") { "" } else { inner };
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    inner.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn room_name(path: &str) -> &str {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    inner.split('/').next().unwrap_or(inner)
}
