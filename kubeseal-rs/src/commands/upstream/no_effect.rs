//! `warn_of_no_effect`: flags that the user typed and that mean nothing in the chosen mode. Upstream's kubeseal ignores them without a word.
//!
//! Decided: a warning and not an error, because scripts that type such flags work with upstream's. Variables of the environment are set for many calls, and
//! give no warning; neither do flags that say how to reach a cluster, which wrappers type in every call.

use crate::commands::upstream::flags::UpstreamFlags;
use crate::commands::upstream::mode::Mode;
use crate::terminal::warnings::warn;
use api::Scope;

/// Where a flag means something: the id of its field, its name, and the modes. `--merge-into` warns of its own.
const MEANING: [(&str, &str, &[Mode]); 11] = [
    (
        "secret_file",
        "--secret-file",
        &[Mode::Seal, Mode::Raw, Mode::MergeInto, Mode::Validate, Mode::ReEncrypt, Mode::RecoveryUnseal],
    ),
    (
        "sealed_secret_file",
        "--sealed-secret-file",
        &[Mode::Seal, Mode::Raw, Mode::FetchCert, Mode::MergeInto, Mode::ReEncrypt, Mode::RecoveryUnseal],
    ),
    ("format", "--format", &[Mode::Seal, Mode::MergeInto, Mode::ReEncrypt, Mode::RecoveryUnseal]),
    ("scope", "--scope", &[Mode::Seal, Mode::Raw, Mode::MergeInto]),
    ("name", "--name", &[Mode::Seal, Mode::Raw]),
    (
        "namespace",
        "--namespace",
        &[Mode::Seal, Mode::Raw, Mode::MergeInto, Mode::Validate, Mode::ReEncrypt, Mode::RecoveryUnseal],
    ),
    ("allow_empty_data", "--allow-empty-data", &[Mode::Seal, Mode::MergeInto]),
    ("allow_annotation", "--allow-annotation", &[Mode::Seal, Mode::MergeInto]),
    ("recovery_private_key", "--recovery-private-key", &[Mode::RecoveryUnseal]),
    ("identity", "--identity", &[Mode::RecoveryUnseal]),
    ("passphrase_file", "--passphrase-file", &[Mode::RecoveryUnseal]),
];

/// Modes in which the certificate of `--cert` is not used.
const WITHOUT_CERTIFICATE: [Mode; 3] = [Mode::Validate, Mode::ReEncrypt, Mode::RecoveryUnseal];

/// Prints a warning about each.
pub(crate) fn warn_of_no_effect(mode: Mode, flags: &UpstreamFlags) {
    for (flag, why) in without_effect(mode, flags) {
        warn(format_args!("{flag} has no effect {why}"));
    }
}

/// The flags, and where they have no effect.
fn without_effect(mode: Mode, flags: &UpstreamFlags) -> Vec<(&'static str, String)> {
    let is_typed = |id: &str| flags.typed.contains(id);
    let place = match mode.flag() {
        Some(flag) => format!("with {flag}"),
        None => "where Secrets are sealed".to_owned(),
    };
    let mut found: Vec<(&str, String)> = MEANING
        .into_iter()
        .filter(|(id, _, modes)| is_typed(id) && !modes.contains(&mode))
        .map(|(_, flag, _)| (flag, place.clone()))
        .collect();
    if is_typed("cert") && WITHOUT_CERTIFICATE.contains(&mode) {
        found.push(("--cert", place));
    }
    if mode == Mode::Raw {
        let scope = flags.scope.unwrap_or_default();
        let place = || format!("with --raw and the scope {scope}, which binds to none");
        if is_typed("name") && scope != Scope::Strict {
            found.push(("--name", place()));
        }
        if is_typed("namespace") && scope == Scope::ClusterWide {
            found.push(("--namespace", place()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(mode: Mode, typed: &[&str], scope: Option<Scope>) -> Vec<&'static str> {
        let typed = typed.iter().map(|id| (*id).to_owned()).collect();
        let flags = UpstreamFlags { scope, typed, ..UpstreamFlags::default() };
        without_effect(mode, &flags).into_iter().map(|(flag, _)| flag).collect()
    }

    #[test]
    fn what_means_nothing_in_the_mode_is_found_if_it_is_typed() {
        assert_eq!(
            found(Mode::Validate, &["scope", "name", "cert", "secret_file"], None),
            ["--scope", "--name", "--cert"]
        );
        assert_eq!(
            found(Mode::FetchCert, &["namespace", "sealed_secret_file", "cert"], None),
            ["--namespace"]
        );
        assert_eq!(found(Mode::Seal, &["scope", "name", "identity"], None), ["--identity"]);
        assert_eq!(
            found(Mode::RecoveryUnseal, &["format", "identity", "controller_name"], None),
            [] as [&str; 0]
        );
        assert_eq!(found(Mode::Validate, &[], Some(Scope::ClusterWide)), [] as [&str; 0]);
    }

    #[test]
    fn a_raw_value_is_bound_by_its_scope() {
        let both = ["name", "namespace"];
        assert_eq!(found(Mode::Raw, &both, None), [] as [&str; 0]);
        assert_eq!(found(Mode::Raw, &both, Some(Scope::NamespaceWide)), ["--name"]);
        assert_eq!(found(Mode::Raw, &both, Some(Scope::ClusterWide)), ["--name", "--namespace"]);
    }
}
