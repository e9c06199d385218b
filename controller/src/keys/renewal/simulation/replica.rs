//! [`Replica`]: the [`RenewalApi`] of one replica in the [`Model`].

use crate::keys::renewal::generate::GenerateError;
use crate::keys::renewal::plan::{NewKey, RenewalReason};
use crate::keys::renewal::schedule::Schedule;
use crate::keys::renewal::settle::{RenewalApi, RenewalError};
use crate::keys::renewal::simulation::model::{Model, PREFIX};
use crate::keys::store::key_records::KeyRecords;
use jiff::Timestamp;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// One run of `settle`.
pub(crate) struct Replica<'m> {
    pub model: RefCell<&'m mut Model>,
    pub index: usize,
    /// Whether it dies when it creates a key: before it for one key, after it for the next.
    pub dies: bool,
    /// Why it has created keys.
    pub created: RefCell<Vec<RenewalReason>>,
    /// How often it has looked for a Secret or created one.
    pub calls: Cell<usize>,
}

impl RenewalApi for Replica<'_> {
    async fn now(&self) -> Result<Timestamp, RenewalError> {
        Ok(self.model.borrow().time(self.index))
    }

    fn records(&self) -> Arc<KeyRecords> {
        Arc::clone(&self.model.borrow().views[self.index])
    }

    fn schedule<'r>(&'r self, records: &'r KeyRecords, now: Timestamp) -> Schedule<'r> {
        Schedule { records, prefix: PREFIX, renewal: self.model.borrow().renewal, now }
    }

    fn holds(&self, _: &KeyRecords) -> bool {
        true
    }

    async fn first_key_text(&self) -> Result<String, RenewalError> {
        Ok("text".into())
    }

    async fn find(&self, name: &str) -> Result<bool, RenewalError> {
        self.calls.update(|calls| calls + 1);
        let mut model = self.model.borrow_mut();
        let found = model.store.iter().find(|secret| secret.name == name).cloned();
        let is_found = found.is_some();
        if let Some(secret) = found {
            model.add_to_view(self.index, secret);
        }
        Ok(is_found)
    }

    async fn create(&self, key: &NewKey, now: Timestamp) -> Result<bool, RenewalError> {
        self.calls.update(|calls| calls + 1);
        let mut model = self.model.borrow_mut();
        if model.store.iter().any(|secret| secret.name == key.name) {
            return Ok(false);
        }
        if !self.dies || model.made % 2 == 1 {
            model.create(self.index, key, now);
            self.created.borrow_mut().push(key.reason);
        }
        if self.dies { Err(GenerateError::Cancelled.into()) } else { Ok(true) }
    }

    async fn record_first_key(&self) {}

    /// Leaves the request, as with upstream's Role, which does not allow the patch.
    async fn remove_request(&self, _: &str) {}
}
