//! The repository's files, by their paths from its root.

use std::fs;
use std::path::Path;

/// A file with its text.
pub(crate) struct Source {
    /// From the repository's root, with `/` between folders.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Kinds of files that people write and read as source.
const WRITTEN: &[&str] = &["rs", "sql", "js", "ts", "css", "html"];

/// Folders and files of what others wrote, or programs made.
const FOREIGN: &[&str] = &["node_modules", "vendor", "dist", "api-types.ts"];

/// Every Rust file below `folder`.
pub(crate) fn rust_sources(folder: &str) -> Vec<Source> {
    sources(folder).into_iter().filter(|source| extension(&source.path) == "rs").collect()
}

/// Every file below `folder` that people write as source.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    files(folder)
        .into_iter()
        .filter(|path| WRITTEN.contains(&extension(path)))
        .map(|path| {
            let text = fs::read_to_string(root().join(&path));
            let text = text.unwrap_or_else(|e| panic!("{path} cannot be read: {e}"));
            Source { path, text }
        })
        .collect()
}

/// The paths of all files below `folder`, in order; none where there is no such folder.
pub(crate) fn files(folder: &str) -> Vec<String> {
    let folder = folder.trim_end_matches('/');
    let path = root().join(folder);
    if !path.is_dir() {
        return Vec::new();
    }
    let entries = fs::read_dir(&path).unwrap_or_else(|e| panic!("{folder} cannot be read: {e}"));
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.unwrap_or_else(|e| panic!("{folder} cannot be listed: {e}"));
        let name = entry.file_name().to_string_lossy().into_owned();
        let below = format!("{folder}/{name}");
        if FOREIGN.contains(&name.as_str()) {
            continue;
        }
        if entry.path().is_dir() {
            found.extend(files(&below));
        } else {
            found.push(below);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn extension(path: &str) -> &str {
    Path::new(path).extension().and_then(|e| e.to_str()).unwrap_or_default()
}
