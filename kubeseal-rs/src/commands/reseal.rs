//! `reseal`: seals everything below some paths that is sealed to an older certificate to the present one, in place.
//!
//! `common::sealed_files` finds the files, and `file` reads one; `files_job` goes through them, `staleness` decides what is old, `resealer` seals it
//! again, `failure` says why it was not, `progress` and `summary` print. `manifest::sealed_file` changes the files, and
//! nothing else in them. `stream` does the same for standard input, `live` for what is in the cluster;
//! `by_rules` makes files what the project file says.

pub(crate) mod by_rules;
pub(crate) mod failure;
pub(crate) mod file;
pub(crate) mod files_job;
pub(crate) mod live;
pub(crate) mod other_clusters;
pub(crate) mod progress;
pub(crate) mod resealer;
pub(crate) mod staleness;
pub(crate) mod stream;
pub(crate) mod summary;

use crate::certificate::{CertificateSource, SourceError};
use crate::commands::common::sealed_files;
use crate::commands::common::templated_files;
use crate::commands::reseal::by_rules::{by_rules, is_by_project};
use crate::commands::reseal::files_job::FilesJob;
use crate::commands::reseal::live::objects::LiveObjects;
use crate::commands::reseal::live::{LiveJob, require_own_certificate};
use crate::commands::reseal::other_clusters::without_other_clusters;
use crate::commands::reseal::resealer::Resealer;
use crate::commands::reseal::staleness::Present;
use crate::commands::reseal::stream::{STDIN, reseal_stream};
use crate::commands::reseal::summary::ResealSummary;
use crate::controller::error::NO_ANSWER;
use crate::error::{CommandError, Context as _};
use crate::key_store::recovery_keys::RecoveryKeys;
use crate::project::root::folder_of;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value::{self, text};
use crate::settings::project_flags::ProjectFlags;
use crate::settings::recovery_flags::RecoveryFlags;
use crate::settings::usage_error::UsageError;
use crate::target::Target;
use crate::terminal::program::name;
use crate::terminal::warnings::{alert, is_quiet, warn};
use clap::Args;
use sealing::KeyRing;
use std::path::{Path, PathBuf};

/// The first part of `help reseal`.
pub(crate) const LONG_ABOUT: &str = "Reseal what is sealed to older certificates.\n\n\
    Reads files, and directories as git sees them, and seals every SealedSecret that is not sealed to \
    the present certificate again: by the controller, which is the only one that can open them, or with \
    backups of its private keys, encrypted or not. Only the items and the fingerprint of their \
    certificate are changed; comments, order and other documents stay as they are, and each file is \
    replaced as a whole or not at all.\n\n\
    Which certificate a SealedSecret is sealed to is found by trying the private keys, if they are \
    available: those of --recovery-private-key, or the controller's, if you may read them. Without them, \
    the fingerprint is believed, and a SealedSecret without one, such as one made by another program, \
    counts as sealed to an older certificate. --all reseals all of them.\n\n\
    --live does it for the SealedSecrets of the cluster instead of files: for those that are in no file, because a tool that \
    applies files puts the old values back. It asks first; each is written back only if no other client changed it meanwhile.\n\n\
    In a repository with a project file (.sealed-secrets.yaml), --check compares with that instead, unless --cert names a \
    certificate, or --for a cluster: it lists what is sealed for other clusters than the rules say, or to older certificates of them. --recipients makes the \
    files what the rules say.";

/// Reseal what is sealed to older certificates.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  {0} reseal deploy/\n  \
                       {0} reseal --check --cert cert.pem .    # for CI: exit code 1 if something is stale\n  \
                       {0} reseal - <old.yaml >new.yaml\n  \
                       {0} reseal --live -n shop\n  \
                       {0} reseal --cert new.pem --recovery-private-key keys.age --identity age.txt deploy/", name()))]
pub(crate) struct ResealArgs {
    /// Files, and directories, of which *.yaml, *.yml and *.json are read; - alone is standard input, which goes to standard output, all of
    /// it or nothing.
    #[arg(required_unless_present = "live", conflicts_with = "live", value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Reseal what is in the cluster instead, in the namespace of -n or of the context. --cluster, without a name, is the same.
    #[arg(long, conflicts_with = "recipients")]
    pub live: Option<bool>,

    /// With --live: in all namespaces.
    #[arg(short = 'A', long, requires = "live", conflicts_with = "paths")]
    pub all_namespaces: Option<bool>,

    /// With --live: do not ask for confirmation.
    #[arg(long, requires = "live", conflicts_with = "paths")]
    pub yes: Option<bool>,

    /// Change nothing; list what is sealed to older certificates, and exit with 1 if there is any.
    #[arg(long)]
    pub check: Option<bool>,

    /// Seal the same values for the clusters that the rules of the project file say, with --recovery-private-key or --identity.
    #[arg(long)]
    pub recipients: Option<bool>,

    /// Reseal every SealedSecret, whatever it is sealed to.
    #[arg(long)]
    pub all: Option<bool>,

    #[command(flatten)]
    pub recovery: RecoveryFlags,

    /// Namespace of SealedSecrets without one, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace)]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub project: ProjectFlags,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}

pub(crate) fn run(args: ResealArgs) -> Result<(), CommandError> {
    let (is_check, all) = (args.check == Some(true), args.all == Some(true));
    let (is_live, is_stream) =
        (args.live == Some(true), args.paths.iter().any(|path| path == Path::new(STDIN)));
    if is_stream && args.paths.len() > 1 {
        return Err(UsageError::Exclude(STDIN, "other paths").into());
    }
    if is_stream && args.recipients == Some(true) {
        return Err(UsageError::Exclude(STDIN, "--recipients").into());
    }
    if args.recipients == Some(true) && all {
        return Err(UsageError::Exclude("--recipients", "--all").into());
    }
    if args.recipients == Some(true) && text(args.project.for_cluster.clone()).is_some() {
        return Err(UsageError::Exclude("--recipients", "--for").into());
    }
    if args.recipients == Some(true)
        || (is_check
            && !all
            && !is_stream
            && !is_live
            && is_by_project(&args.certificate, &args.project, &args.paths)?)
    {
        return by_rules((!is_check).then_some(args.recovery), args.project, args.namespace, args.paths);
    }
    let is_offline = args.certificate.offline == Some(true);
    if is_live && is_offline {
        return Err(UsageError::Offline("reseal --live").into());
    }
    let (is_in_all, is_confirmed) = (args.all_namespaces == Some(true), args.yes == Some(true));
    let folder = folder_of(&args.paths);
    let project = args.project.clone();
    let target = Target::resolve(args.certificate, args.connection, args.namespace, args.project, folder)?;
    if all && is_check {
        return Err(UsageError::Exclude("--check", "--all").into());
    }
    let recovery_keys = RecoveryKeys::from_args(args.recovery.recovery_private_key, args.recovery.unlock);
    let by_controller = is_by_controller(is_check, &recovery_keys);
    if by_controller && is_offline {
        return Err(UsageError::Offline("reseal without --recovery-private-key").into());
    }
    let source = certificate_source(by_controller, &target)?;
    let keys = if recovery_keys.files.is_empty() {
        KeyRing::default()
    } else {
        recovery_keys.load().context("cannot open without a cluster")?
    };
    let certificate = match source.certificate() {
        // Another certificate does not help: the controller is to open.
        Err(SourceError::Controller(error)) if by_controller => {
            return Err(*error)
                .context(NO_ANSWER)
                .hint("or work without a cluster: --recovery-private-key FILE, with --cert FILE");
        }
        fetched => fetched?,
    };
    if is_live && !is_check && matches!(source, CertificateSource::Named(..)) {
        require_own_certificate(target.controller()?, &certificate)?;
    }
    let namespace = target.namespace.stated();
    // The cluster whose keys show what something is sealed to, if the user may read them.
    let key_store = match &source {
        CertificateSource::Controller(controller) => Some(controller),
        _ => None,
    };
    let present = Present::new(&certificate, &keys, all, namespace, key_store);
    let resealer = if is_check {
        None
    } else if by_controller {
        Some(Resealer::by_controller(target.controller()?, &certificate).context(NO_ANSWER)?)
    } else {
        Some(Resealer::with(&keys, &certificate))
    };

    if is_live {
        let namespace = if is_in_all { None } else { Some(target.namespace.decide(None)?) };
        let objects = LiveObjects::connect(target.cluster(), namespace)?;
        return LiveJob { present: &present, resealer: resealer.as_ref(), is_confirmed }.run(&objects);
    }
    if is_stream {
        return reseal_stream(&present, resealer.as_ref(), namespace);
    }
    let (files, not_found) = sealed_files::find(&args.paths);
    let count = files.len();
    let (files, of_others) = without_other_clusters(files, &args.paths, folder, &project, &certificate)?;
    let job = FilesJob { present: &present, resealer: resealer.as_ref(), namespace, named: &args.paths };
    let (mut report, mut stdout) = job.run(&files, ResealSummary::new(not_found));
    report.of_other_clusters = of_others;
    if let Some(note) = templated_files::note(&report.templates, "what is sealed in there was not looked at")
    {
        alert(note);
    }
    if let Some(nothing) = report.nothing_found(count, is_check) {
        return Err(nothing.into());
    }
    for path in &report.without_any {
        warn(format_args!("found no SealedSecret in {path}; it is skipped"));
    }

    // Of no file, the error says all.
    if !is_quiet() && report.files > 0 {
        stdout.print(&report.sum(is_check));
    }
    report.outcome(is_check)?;
    Ok(stdout.finish()?)
}

/// Whether the controller opens, and not this program with keys of its own.
fn is_by_controller(is_check: bool, keys: &RecoveryKeys) -> bool {
    !is_check && keys.files.is_empty()
}

/// The certificate to reseal to.
fn certificate_source(by_controller: bool, target: &Target) -> Result<CertificateSource, CommandError> {
    if !by_controller {
        return target.certificate();
    }
    if target.named_certificate.is_some() {
        warn("the controller reseals to its own certificate; that of --cert is not used");
    }
    Ok(CertificateSource::Controller(target.controller()?.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::unlock_flags::UnlockFlags;

    #[test]
    fn the_controller_reseals_to_its_own_certificate() {
        let source = |is_check, keys: &[&str]| {
            let keys = RecoveryKeys::from_args(keys.iter().map(Into::into).collect(), UnlockFlags::default());
            let flags = CertificateFlags { cert: Some("a.crt".into()), ..CertificateFlags::default() };
            let by_controller = is_by_controller(is_check, &keys);
            let project = ProjectFlags::default();
            let target = Target::resolve(flags, ConnectionFlags::default(), None, project, Path::new("/"));
            certificate_source(by_controller, &target.unwrap()).unwrap()
        };
        assert!(matches!(source(false, &[]), CertificateSource::Controller(_)));
        assert!(matches!(source(true, &[]).plain(), CertificateSource::File(_)));
        assert!(matches!(source(false, &["a.key"]).plain(), CertificateSource::File(_)));
    }
}
