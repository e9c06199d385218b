//! [`ScopeChange`]: which annotations of a SealedSecret have to change, so that they state the scope that its values were sealed with.

use api::Scope;
use api::annotations::{CLUSTER_WIDE, NAMESPACE_WIDE};
use std::collections::BTreeMap;
use std::fmt;

/// Annotations to be added and removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeChange {
    /// To be set to `"true"`.
    pub add: Option<&'static str>,
    /// To be removed, because they state another scope.
    pub remove: Vec<&'static str>,
}

impl ScopeChange {
    /// What makes these annotations state `scope`.
    pub(crate) fn to(scope: Scope, annotations: Option<&BTreeMap<String, String>>) -> Self {
        let mut wanted = BTreeMap::new();
        scope.annotate(&mut wanted);
        let is_stated =
            |name: &&str| annotations.and_then(|all| all.get(*name)).is_some_and(|it| it == "true");
        let [cluster, namespace] = [CLUSTER_WIDE, NAMESPACE_WIDE];
        Self {
            add: [cluster, namespace].into_iter().find(|name| wanted.contains_key(*name) && !is_stated(name)),
            remove: [cluster, namespace]
                .into_iter()
                .filter(|name| !wanted.contains_key(*name) && is_stated(name))
                .collect(),
        }
    }
}

impl fmt::Display for ScopeChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.remove.len() > 1 { "annotations" } else { "annotation" };
        let removed = self.remove.join(" and ");
        match self.add {
            Some(add) if removed.is_empty() => write!(f, "add the annotation {add}: \"true\""),
            Some(add) => write!(f, "replace the {noun} {removed} by {add}: \"true\""),
            None => write!(f, "remove the {noun} {removed}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn following_it_makes_the_annotations_state_the_scope() {
        let stated = [(CLUSTER_WIDE, "true"), (CLUSTER_WIDE, "yes"), (NAMESPACE_WIDE, "true")];
        for selected in 0..8_u8 {
            let chosen = stated.iter().enumerate().filter(|(index, _)| selected & (1 << index) != 0);
            let before: BTreeMap<String, String> =
                chosen.map(|(_, (name, value))| ((*name).to_owned(), (*value).to_owned())).collect();
            for scope in Scope::ALL.into_iter().filter(|scope| *scope != Scope::of(Some(&before))) {
                let change = ScopeChange::to(scope, Some(&before));
                let mut after = before.clone();
                after.retain(|name, _| !change.remove.contains(&name.as_str()));
                after.extend(change.add.map(|name| (name.to_owned(), "true".to_owned())));
                assert_eq!(Scope::of(Some(&after)), scope, "{before:?}: {change}");
            }
        }
    }

    #[test]
    fn it_says_what_to_do() {
        let both = BTreeMap::from([
            (CLUSTER_WIDE.to_owned(), "true".to_owned()),
            (NAMESPACE_WIDE.to_owned(), "true".to_owned()),
        ]);
        let wide = BTreeMap::from([(CLUSTER_WIDE.to_owned(), "true".to_owned())]);
        for (annotations, scope, expected) in [
            (
                None,
                Scope::NamespaceWide,
                "add the annotation sealedsecrets.bitnami.com/namespace-wide: \"true\"",
            ),
            (Some(&wide), Scope::Strict, "remove the annotation sealedsecrets.bitnami.com/cluster-wide"),
            (
                Some(&wide),
                Scope::NamespaceWide,
                "replace the annotation sealedsecrets.bitnami.com/cluster-wide by \
                 sealedsecrets.bitnami.com/namespace-wide: \"true\"",
            ),
            (
                Some(&both),
                Scope::Strict,
                "remove the annotations sealedsecrets.bitnami.com/cluster-wide and sealedsecrets.bitnami.com/namespace-wide",
            ),
            (
                Some(&both),
                Scope::NamespaceWide,
                "remove the annotation sealedsecrets.bitnami.com/cluster-wide",
            ),
        ] {
            assert_eq!(ScopeChange::to(scope, annotations).to_string(), expected);
        }
    }
}
