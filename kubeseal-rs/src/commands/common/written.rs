//! [`Written`]: what was sealed into a file, in words, as in `2 items, strict, for shop/db`.

use crate::commands::common::failures::count;
use api::Scope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::fmt;

/// The SealedSecrets that were written to a file, or of which items were written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    objects: usize,
    items: usize,
    /// Scope, namespace and name of the first object.
    first: String,
}

impl Written {
    /// Adds an object of which this number of items was written.
    pub(crate) fn add(&mut self, metadata: &ObjectMeta, items: usize) {
        let scope = Scope::of(metadata.annotations.as_ref());
        let (namespace, name) = (metadata.namespace.as_deref(), metadata.name.as_deref());
        self.add_for(scope, namespace.unwrap_or_default(), name.unwrap_or_default(), items);
    }

    /// Adds this number of items that are sealed for a scope, a namespace and a name.
    pub(crate) fn add_for(&mut self, scope: Scope, namespace: &str, name: &str, items: usize) {
        if self.objects == 0 {
            let bound = match scope {
                // kustomize may add the namespace.
                Scope::Strict if namespace.is_empty() => format!("for {name}"),
                Scope::Strict => format!("for {namespace}/{name}"),
                Scope::NamespaceWide => format!("for any name in {namespace}"),
                Scope::ClusterWide => "for any name and namespace".to_owned(),
            };
            self.first = format!("{scope}, {bound}");
        }
        self.objects += 1;
        self.items += items;
    }

    /// Adds the objects of another part of the file.
    pub(crate) fn append(&mut self, other: Self) {
        if self.objects == 0 {
            self.first = other.first;
        }
        self.objects += other.objects;
        self.items += other.items;
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = count(self.items, "item");
        match self.objects {
            1 => write!(f, "{items}, {}", self.first),
            objects => write!(f, "{}, {items}", count(objects, "SealedSecret")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_is_described_and_several_are_count() {
        for (scope, namespace, words) in [
            (Scope::Strict, "shop", "1 item, strict, for shop/db"),
            (Scope::Strict, "", "1 item, strict, for db"),
            (Scope::NamespaceWide, "shop", "1 item, namespace-wide, for any name in shop"),
            (Scope::ClusterWide, "", "1 item, cluster-wide, for any name and namespace"),
        ] {
            let mut written = Written::default();
            written.add_for(scope, namespace, "db", 1);
            assert_eq!(written.to_string(), words);
            let mut all = Written::default();
            all.append(written);
            assert_eq!(all.to_string(), words);
            all.add_for(scope, namespace, "db", 2);
            assert_eq!(all.to_string(), "2 SealedSecrets, 3 items");
        }
    }
}
