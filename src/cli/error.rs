//! What a command says when it cannot do its work.

use crate::desk::DeskError;
use crate::intake::Faults;
use crate::store::StoreError;

/// A message for people, and the exit status that goes with it.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command could not do its work: exit status 1.
    #[error("{0}")]
    Failed(String),
    /// The command was used in a way that cannot work: exit status 2.
    #[error("{0}")]
    Usage(String),
}

impl CliError {
    pub(super) fn failed(message: impl std::fmt::Display) -> Self {
        Self::Failed(message.to_string())
    }

    /// All that is wrong with the files of one command, a fault a line.
    pub(super) fn of_faults(refused: &[Faults]) -> Self {
        let lines: Vec<String> = refused.iter().map(Faults::to_string).collect();
        let count: usize = refused.iter().map(Faults::count).sum();
        let plural = if count == 1 { "" } else { "s" };
        Self::Failed(format!("{}\n{count} fault{plural}; nothing was taken in", lines.join("\n")))
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::failed(error)
    }
}

impl From<DeskError> for CliError {
    fn from(error: DeskError) -> Self {
        Self::failed(error)
    }
}

impl From<Faults> for CliError {
    fn from(faults: Faults) -> Self {
        Self::of_faults(&[faults])
    }
}
