//! Files and standard output, with errors that name the file.

use super::CliError;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Reads a whole file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(path).map_err(|error| {
        CliError::Failed(match error.kind() {
            ErrorKind::NotFound => format!("{}: there is no such file", path.display()),
            ErrorKind::IsADirectory => format!("{}: is a directory, not a file", path.display()),
            _ => format!("{}: cannot be read: {error}", path.display()),
        })
    })
}

/// Writes a whole file.
pub(super) fn write(path: &Path, content: &str) -> Result<(), CliError> {
    std::fs::write(path, content).map_err(|error| {
        CliError::Failed(format!("{}: cannot be written: {error}", path.display()))
    })
}

/// Prints to standard output. A reader who went away (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::Failed(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
