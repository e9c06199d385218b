//! [`Exceptions`]: the SealedSecrets that `--except` names: a key is retired although they may need it.

use crate::commands::keys::error::KeysError;
use crate::commands::keys::usage::KeyUsage;
use crate::commands::keys::usage::object_name::ObjectName;
use crate::error::CommandError;
use crate::files::input::Input;
use crate::manifest::names::is_object_name;
use crate::manifest::sealed_secrets;
use crate::terminal::warnings::alert;
use envelope::Fingerprint;
use std::collections::BTreeSet;

/// SealedSecrets by namespace and name.
#[derive(Debug, Default)]
pub(crate) struct Exceptions(BTreeSet<ObjectName>);

impl Exceptions {
    /// Reads files of SealedSecrets, or of a namespace/name in each line. `namespace` is that of SealedSecrets without one.
    pub(crate) fn read(inputs: &[Input], namespace: Option<&str>) -> Result<Self, CommandError> {
        let mut all = BTreeSet::new();
        for input in inputs {
            let bytes = input.read_text("a list of SealedSecrets").map_err(KeysError::Exceptions)?;
            if let Some(names) = listed(&String::from_utf8_lossy(&bytes)) {
                all.extend(names);
                continue;
            }
            let objects = sealed_secrets::read(input, &bytes).map_err(KeysError::NotExceptions)?;
            let names = objects.iter().map(|object| ObjectName::of(&object.metadata));
            all.extend(names.map(|it| ObjectName {
                namespace: it.namespace.or_else(|| namespace.map(Into::into)),
                ..it
            }));
        }
        Ok(Self(all))
    }

    /// Whether it does not count that the SealedSecret may need the key. It does count if the key opens it, and if its namespace is not
    /// known: the key was not tried there.
    pub(crate) fn excuse(&self, usage: &KeyUsage, key: Fingerprint) -> bool {
        usage.is_placed && self.0.contains(&usage.object) && !usage.opened_by.contains(&key)
    }

    /// Warns of names that stand for nothing, which may be misspelt.
    pub(crate) fn warn_of_unused<'a>(&self, uses: impl Iterator<Item = &'a KeyUsage>) {
        let used: BTreeSet<&ObjectName> = uses.map(|it| &it.object).collect();
        for name in self.0.iter().filter(|name| !used.contains(name)) {
            alert(format_args!(
                "--except names {name}, which is neither in the cluster nor in the files that are given"
            ));
        }
    }
}

/// The names in a list. None if the text is something else.
fn listed(text: &str) -> Option<BTreeSet<ObjectName>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let name = |line: &str| match line.split_once('/') {
        Some((namespace, name)) => (is_object_name(namespace) && is_object_name(name))
            .then(|| ObjectName { namespace: Some(namespace.into()), name: name.into() }),
        None => is_object_name(line).then(|| ObjectName { namespace: None, name: line.into() }),
    };
    lines.map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_told_from_a_manifest() {
        let names =
            |text: &str| listed(text).map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(
            names("# lost\nshop/db\r\n\n  shop/api.v1 \nhere\n").unwrap(),
            ["here", "shop/api.v1", "shop/db"]
        );
        assert_eq!(names("").unwrap(), Vec::<String>::new());
        for other in ["kind: SealedSecret\n", "{\"kind\":\"SealedSecret\"}", "---\n", "shop/db/x\n", "/db\n"]
        {
            assert!(names(other).is_none(), "{other}");
        }
    }
}
