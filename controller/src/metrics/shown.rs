//! [`Shown`]: the objects of which something is told, the labels of their conditions, and how many of them each namespace has.

use crate::metrics::objects::ConditionLabels;
use std::collections::HashMap;

/// By UID: an object's own labels may have changed since.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    objects: HashMap<String, Object>,
    /// Of each namespace, how many.
    counts: HashMap<String, usize>,
}

#[derive(Debug)]
pub(crate) struct Object {
    namespace: String,
    labels: Vec<ConditionLabels>,
}

impl Shown {
    /// Notes how an object is shown now; how it was before.
    pub(crate) fn show(
        &mut self,
        uid: String,
        namespace: &str,
        labels: Vec<ConditionLabels>,
    ) -> Vec<ConditionLabels> {
        std::mem::replace(&mut self.note(uid, namespace).labels, labels)
    }

    /// Notes that there is such an object.
    pub(crate) fn note(&mut self, uid: String, namespace: &str) -> &mut Object {
        self.objects.entry(uid).or_insert_with(|| {
            *self.counts.entry(namespace.into()).or_default() += 1;
            Object { namespace: namespace.into(), labels: Vec::new() }
        })
    }

    /// Notes that an object is gone; how it was shown, and its namespace if it was the last one in there.
    pub(crate) fn forget(&mut self, uid: &str) -> (Vec<ConditionLabels>, Option<String>) {
        let Some(Object { namespace, labels }) = self.objects.remove(uid) else { return Default::default() };
        let left = self.counts.remove(&namespace).unwrap_or_default().saturating_sub(1);
        if left == 0 {
            return (labels, Some(namespace));
        }
        self.counts.insert(namespace, left);
        (labels, None)
    }
}
