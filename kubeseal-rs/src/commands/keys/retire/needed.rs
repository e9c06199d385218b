//! [`Needs`]: what needs a key that is to be retired, and the commands that help.

use crate::commands::common::templated_files;
use crate::commands::keys::error::{KeysError, ObjectList};
use crate::commands::keys::retire::exceptions::Exceptions;
use crate::commands::keys::usage::object_name::ObjectName;
use crate::commands::keys::usage::{FileUsage, KeyUsage};
use crate::controller::address::ControllerAddress;
use crate::terminal::program::name;
use crate::terminal::shell_words::shell_words;
use envelope::Fingerprint;
use sealing::{ScopeChange, Unstated};
use std::collections::BTreeSet;

/// Names, files and commands of one kind that a hint writes out.
const SHOWN: usize = 10;

/// Which keys could be tried. Wrapped ones cannot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tried {
    /// Whether the key that is to be retired could.
    pub has_key: bool,
    /// Whether each key could.
    pub has_all: bool,
}

/// The SealedSecrets that keep a key from being retired.
pub(crate) struct Needs<'a> {
    key: Fingerprint,
    tried: Tried,
    /// The key opens them, or an annotation names it.
    needing: Vec<&'a KeyUsage>,
    /// They may need any key.
    unknown: Vec<&'a KeyUsage>,
    in_files: &'a FileUsage,
}

impl<'a> Needs<'a> {
    /// Those that need the key, or may need it, but for the exceptions.
    pub(crate) fn of(
        key: Fingerprint,
        tried: Tried,
        in_cluster: &'a [KeyUsage],
        in_files: &'a FileUsage,
        except: &Exceptions,
    ) -> Self {
        let uses = in_cluster.iter().chain(&in_files.uses).filter(|it| !except.excuse(it, key));
        let (needing, others): (Vec<_>, Vec<_>) = uses.partition(|it| it.keys.contains(&key));
        Self { key, tried, needing, unknown: others.into_iter().filter(|it| it.unknown).collect(), in_files }
    }

    /// Whether the key opens it; of a key that cannot be tried, whether an annotation or status says so.
    fn is_opened(&self, it: &KeyUsage) -> bool {
        let keys = if self.tried.has_key { &it.opened_by } else { &it.keys };
        keys.contains(&self.key)
    }

    pub(crate) fn are_none(&self) -> bool {
        self.needing.is_empty() && self.unknown.is_empty() && self.in_files.errors.is_empty()
    }

    /// Each on a line.
    pub(crate) fn list(&self) -> ObjectList {
        let needing = self.needing.iter().map(|it| it.location.clone());
        let unknown = self.unknown.iter().map(|it| format!("{} (it is not known which key)", it.location));
        ObjectList(needing.chain(unknown).chain(self.in_files.errors.iter().cloned()).collect())
    }

    /// The error, with what to do next. `again` is the command, as words, that was typed.
    pub(crate) fn error(&self, keys_of: &ControllerAddress, again: &[String]) -> KeysError {
        let mut next = Vec::new();
        if self.in_files.has_templates {
            next.push(format!(
                "name what a template renders to (`helm template CHART > rendered.yaml`) instead of it, to know what it needs; {}; then \
                 apply it",
                templated_files::hint()
            ));
        }
        next.extend(self.state_scopes(keys_of));
        next.extend(self.reseal(keys_of));
        next.extend(self.unopened(again));
        KeysError::Needed { key: self.key, what: self.list(), next: next.join("\n") }
    }

    /// What makes the SealedSecrets that the key opens independent of it.
    fn reseal(&self, keys_of: &ControllerAddress) -> Vec<String> {
        let opened = || self.needing.iter().filter(|it| self.is_opened(it));
        let flags = keys_of.words();
        let mut lines = Vec::new();
        let files: BTreeSet<String> =
            opened().filter_map(|it| it.file.as_ref()).map(|path| path.display().to_string()).collect();
        if !files.is_empty() {
            let words = [name(), "reseal"].into_iter().chain(files.iter().map(String::as_str));
            let line = shell_words(words.chain(flags.iter().map(String::as_str)));
            lines.push(format!("reseal these files, then apply them: `{line}`"));
        }
        let live: Vec<&KeyUsage> = opened().copied().filter(|it| it.file.is_none()).collect();
        if !live.is_empty() {
            lines.push(
                "reseal what is in the cluster where you keep it, and apply it. If it is kept nowhere else:"
                    .into(),
            );
            lines.extend(reseal_live(&live, &flags));
        }
        lines
    }

    /// What has to change before they can be resealed: they open only under a scope that their annotations do not state.
    fn state_scopes(&self, keys_of: &ControllerAddress) -> Vec<String> {
        let opened = self.needing.iter().filter(|it| self.is_opened(it));
        let unstated: Vec<(&KeyUsage, &Unstated)> =
            opened.filter_map(|it| Some((*it, it.unstated.as_ref()?))).collect();
        let line = |(usage, unstated): &(&KeyUsage, &Unstated)| match unstated {
            Unstated::SeveralScopes => {
                format!("  {}: its items have several scopes: seal it again", usage.location)
            }
            Unstated::Annotations(change) if usage.file.is_some() => {
                format!("  {}: {change}", usage.location)
            }
            Unstated::Annotations(change) => format!("  `{}`", annotate(&usage.object, change, keys_of)),
        };
        let mut lines: Vec<String> = unstated.iter().take(SHOWN).map(line).collect();
        if unstated.len() > SHOWN {
            lines.push("  and so on".into());
        }
        if !lines.is_empty() {
            lines.insert(0, "first make these state the scope that they were sealed with; until then they do not open, and cannot be resealed:".into());
        }
        lines
    }

    /// The ways out for those that no key opens.
    fn unopened(&self, again: &[String]) -> Vec<String> {
        let again = |flag: &[&str]| shell_words(again.iter().map(String::as_str).chain(flag.iter().copied()));
        let closed = self.needing.iter().filter(|it| !self.is_opened(it)).chain(&self.unknown);
        let (closed, unplaced): (Vec<&&KeyUsage>, Vec<&&KeyUsage>) = closed.partition(|it| it.is_placed);
        let closed: BTreeSet<String> = closed.iter().map(|it| it.object.to_string()).collect();
        let mut lines = Vec::new();
        if !unplaced.is_empty() {
            lines.push("some name no namespace, so that the key cannot be tried: give it with -n NAMESPACE, or name what kustomize builds".into());
        }
        if !closed.is_empty() {
            lines.push(if self.tried.has_all {
                "no key opens some of these: correct or delete them.".into()
            } else {
                "no key in plain opens some of these, and wrapped ones cannot be tried here: apply them, so that their status says which key \
                 opens them; correct or delete what does not open."
                    .into()
            });
            if closed.len() <= SHOWN {
                let words = ["printf", "%s\\n"].into_iter().chain(closed.iter().map(String::as_str));
                let line = format!("{} | {}", shell_words(words), again(&["--except", "-"]));
                lines.push(format!("To retire the key in spite of them: `{line}`"));
            } else {
                lines.push("To retire the key in spite of them, give a file with a namespace/name in each line: --except FILE".into());
            }
        }
        if !self.in_files.errors.is_empty() {
            lines.push("mend or leave out the files that cannot be read".into());
        }
        lines.push(format!(
            "To retire the key, and have what needs it not open any more: `{}`",
            again(&["--force"])
        ));
        lines
    }
}

/// The commands that reseal these in the cluster, by namespace.
fn reseal_live(live: &[&KeyUsage], flags: &[String]) -> Vec<String> {
    let namespaces: BTreeSet<&str> =
        live.iter().map(|it| it.object.namespace.as_deref().unwrap_or_default()).collect();
    let command = |place: &[&str]| {
        let words = [name(), "reseal", "--live"].into_iter().chain(place.iter().copied());
        format!("  `{}`", shell_words(words.chain(flags.iter().map(String::as_str))))
    };
    if namespaces.len() > SHOWN {
        return vec![command(&["-A"])];
    }
    namespaces.into_iter().map(|namespace| command(&["-n", namespace])).collect()
}

/// The command that makes the annotations of a SealedSecret in the cluster state its scope.
fn annotate(object: &ObjectName, change: &ScopeChange, keys_of: &ControllerAddress) -> String {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let added = change.add.map(|name| format!("{name}=true"));
    let removed = change.remove.iter().map(|name| format!("{name}-"));
    let changes: Vec<String> = added.into_iter().chain(removed).collect();
    let cluster = keys_of.cluster.words();
    let words = ["kubectl", "annotate", "sealedsecret", &object.name, "-n", namespace, "--overwrite"];
    shell_words(words.into_iter().chain(changes.iter().chain(&cluster).map(String::as_str)))
}
