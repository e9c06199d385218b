//! [`KeptSpec`]: a spec in memory. All of them together are bounded.

use serde_json::value::RawValue;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes of specs that a process keeps. Thousands of SealedSecrets may wait at once, after a restore or the first start; those beyond this
/// are read one by one, which costs a request for each.
const MOST: usize = 8 << 20;

/// The bytes of all specs that are kept.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// A spec as JSON, which counts as long as it is kept.
#[derive(Debug)]
pub struct KeptSpec(Box<RawValue>);

impl KeptSpec {
    /// None if there is no room for it.
    pub(crate) fn keep(json: &RawValue) -> Option<Self> {
        let length = json.get().len();
        if KEPT.fetch_add(length, Ordering::Relaxed) + length > MOST {
            KEPT.fetch_sub(length, Ordering::Relaxed);
            return None;
        }
        Some(Self(json.to_owned()))
    }

    pub(crate) fn json(&self) -> &RawValue {
        &self.0
    }
}

impl Clone for KeptSpec {
    fn clone(&self) -> Self {
        KEPT.fetch_add(self.0.get().len(), Ordering::Relaxed);
        Self(self.0.clone())
    }
}

impl Drop for KeptSpec {
    fn drop(&mut self) {
        KEPT.fetch_sub(self.0.get().len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Other tests of this process keep some short ones.
    #[test]
    fn all_of_them_together_are_bounded() {
        let json: Box<RawValue> = serde_json::from_str(&format!("\"{}\"", "A".repeat(MOST / 4))).unwrap();
        let mut kept: Vec<KeptSpec> = std::iter::from_fn(|| KeptSpec::keep(&json)).take(9).collect();
        assert_eq!(kept.len(), 3);
        kept.pop();
        let again = KeptSpec::keep(&json);
        assert!(again.is_some(), "there is room again");
        assert!(again.as_ref().unwrap().json().get().len() > MOST / 4);
        kept.push(again.unwrap().clone());
        assert!(KeptSpec::keep(&json).is_none(), "a copy counts");
    }
}
