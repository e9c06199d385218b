//! [`Shown`]: under which labels each object is shown, and how many objects of each namespace are.

use super::ConditionLabels;
use std::collections::HashMap;

/// By UID: an object's own labels may have changed since.
#[derive(Debug, Default)]
pub(super) struct Shown {
    objects: HashMap<String, Object>,
    /// Of each namespace, how many.
    counts: HashMap<String, usize>,
}

#[derive(Debug)]
struct Object {
    namespace: String,
    labels: Vec<ConditionLabels>,
}

impl Shown {
    /// Notes how an object is shown now; how it was before.
    pub(super) fn show(
        &mut self,
        uid: String,
        namespace: &str,
        labels: Vec<ConditionLabels>,
    ) -> Vec<ConditionLabels> {
        let object = Object { namespace: namespace.into(), labels };
        let before = self.objects.insert(uid, object);
        if before.is_none() {
            *self.counts.entry(namespace.into()).or_default() += 1;
        }
        before.map(|before| before.labels).unwrap_or_default()
    }

    /// Notes that an object is gone; how it was shown, and its namespace if it was the last one in there.
    pub(super) fn forget(&mut self, uid: &str) -> (Vec<ConditionLabels>, Option<String>) {
        let Some(Object { namespace, labels }) = self.objects.remove(uid) else { return Default::default() };
        let left = self.counts.remove(&namespace).unwrap_or_default().saturating_sub(1);
        if left == 0 {
            return (labels, Some(namespace));
        }
        self.counts.insert(namespace, left);
        (labels, None)
    }

    /// Nothing is shown any more; how it was.
    pub(super) fn forget_all(&mut self) -> impl Iterator<Item = ConditionLabels> {
        self.counts.clear();
        self.objects.drain().flat_map(|(_, object)| object.labels)
    }
}
