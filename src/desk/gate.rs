//! A bound on the slot searches that wait for a core.
//!
//! A search is work of the processor alone. Those who cannot be served soon are told so at once:
//! a queue that grows only has everybody wait longer for answers that are older.

use super::DeskError;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Searches that may wait or run for each core: at about a millisecond each, a quarter of a second.
const SEARCHES_PER_CORE_MAX: usize = 256;

/// Lets searches in, as many at a time as there are cores.
pub(super) struct Gate {
    most: usize,
    inside: Semaphore,
    cores: Semaphore,
}

impl Gate {
    pub(super) fn new(cores: usize) -> Self {
        let most = cores * SEARCHES_PER_CORE_MAX;
        Self { most, inside: Semaphore::new(most), cores: Semaphore::new(cores) }
    }

    /// For this machine.
    pub(super) fn of_machine() -> Self {
        Self::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }

    /// Comes in, until this is dropped.
    ///
    /// # Errors
    /// [`DeskError::Overloaded`] when too many are in already.
    pub(super) fn enter(&self) -> Result<SemaphorePermit<'_>, DeskError> {
        self.inside.try_acquire().map_err(|_| DeskError::Overloaded)
    }

    /// Whether nobody in here waits for a core: there is time for more than what is needed.
    pub(super) fn is_calm(&self) -> bool {
        let cores = self.most / SEARCHES_PER_CORE_MAX;
        self.most - self.inside.available_permits() <= cores
    }

    /// Waits in line for a core, for a search that has entered.
    pub(super) async fn core(&self) -> SemaphorePermit<'_> {
        self.cores.acquire().await.expect("the semaphore is never closed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_when_it_is_full_is_turned_away_and_may_come_again() {
        let gate = Gate::new(2);
        let mut inside: Vec<_> =
            (0..2 * SEARCHES_PER_CORE_MAX).map(|_| gate.enter().unwrap()).collect();
        assert!(matches!(gate.enter(), Err(DeskError::Overloaded)));
        inside.pop();
        let _came_again = gate.enter().unwrap();
    }
}
