//! Requests with one key, one after the other.
//!
//! What takes several transactions, such as a disturbance and its repair, would else be answered to the
//! second of two callers before the first is. Other processes have turns of their own: there the receipt,
//! which is written with the first transaction, decides.

use crate::store::RequestKey;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// The requests under way. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<RequestKey, Arc<tokio::sync::Mutex<()>>>>>);

/// A request's turn, until it is dropped.
pub struct Turn {
    turns: Turns,
    of: RequestKey,
    held: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    pub(super) async fn take(&self, of: &RequestKey) -> Turn {
        let line = Arc::clone(self.lock().entry(of.clone()).or_default());
        let held = Some(line.lock_owned().await);
        Turn { turns: self.clone(), of: of.clone(), held }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RequestKey, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.held = None;
        let mut turns = self.turns.lock();
        // Who waits has a share of the line; under the lock nobody can come to have one.
        if turns.get(&self.of).is_some_and(|line| Arc::strong_count(line) == 1) {
            turns.remove(&self.of);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_key_has_one_turn_at_a_time() {
        let (turns, key) = (Turns::default(), |key: &str| RequestKey {
            caller: "programme:shop".to_owned(),
            key: key.to_owned(),
        });
        let first = turns.take(&key("a")).await;
        let other = turns.take(&key("b")).await;
        let (waiting, of) = (turns.clone(), key("a"));
        let second = tokio::spawn(async move { waiting.take(&of).await });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        drop(second.await.unwrap());
        drop(other);
        assert!(turns.lock().is_empty(), "nothing is left behind");
    }
}
