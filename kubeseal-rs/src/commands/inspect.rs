//! `inspect`: what SealedSecrets show without being opened.
//!
//! `files` finds them, `look` reads one into a report, `item` and `problem` describe its values and errors, `certificates` finds
//! the certificate it was sealed with, `recipients` the other recipients, `live` reads its state in the cluster; `text` prints a report for people. Another error is
//! a variant of `problem::Problem`, found in `look`; another line of the output is a field of `report::SealedSecretReport`,
//! printed in `text`.

pub(crate) mod certificates;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod item;
pub(crate) mod live;
pub(crate) mod look;
pub(crate) mod problem;
pub(crate) mod recipients;
pub(crate) mod report;
pub(crate) mod text;

use crate::certificate::CertificateSource;
use crate::commands::inspect::certificates::Certificates;
use crate::commands::inspect::error::InspectError;
use crate::commands::inspect::live::{Cluster, LiveKeys, is_compromised, is_refused};
use crate::commands::inspect::problem::Problem;
use crate::commands::inspect::recipients::name_clusters;
use crate::error::CommandError;
use crate::error::cause::on_one_line;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::manifest::write::RenderError;
use crate::project::root::folder_of;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value;
use crate::settings::project_flags::ProjectFlags;
use crate::settings::usage_error::UsageError;
use crate::target::Target;
use crate::terminal::escape::shown_json;
use crate::terminal::paint::Paint;
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

/// The first part of `help inspect`.
pub(crate) const LONG_ABOUT: &str = "Show what is known about SealedSecrets without opening them: the name and namespace that their \
    values are bound to, the items and the sizes of their values, the certificate that they were sealed \
    with, and what is wrong with them.\n\n\
    Sends no request to a cluster, except with --live: then it also shows whether the controller has \
    unsealed the SealedSecret, and if not, why. Whether the certificate is the newest is decided by the \
    certificate that the controller served last (cached since), by those in --cert, or with --live by \
    the controller's present one. When a certificate was made is shown for every certificate that a \
    controller ever served to this program on this machine.\n\n\
    Exits with 0 if the SealedSecrets can be read, whether or not they have problems; the problems are \
    in the output. With --check it exits with 1 if there is a problem: an item that was never sealed or is damaged, a template \
    that does not parse, has a function that does not exist or uses a name that no item has, recipients that \
    cannot be read, another name or namespace than in spec.template, a field that does not exist, a key that was revoked; with --live also if the \
    controller has not unsealed what is applied; or a template, other than a chart's, that does not parse and so was not checked. Of several files, \
    those without a SealedSecret are skipped. If one cannot be read or \
    is broken, the others are printed first, and the exit code is 1.";

/// Show what a SealedSecret is bound to, what is in it, and what is wrong with it.
#[derive(Debug, Default, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # Files, or standard input\n  \
        {0} inspect deploy/db.yaml deploy/cache.yaml\n  \
        kubectl get sealedsecret db -o yaml | {0} inspect\n\n  \
        # Is it the newest certificate? Is it synced, and why not?\n  \
        {0} inspect deploy/db.yaml --cert cert.pem\n  \
        {0} inspect deploy/db.yaml --live\n\n  \
        # For CI: exit code 1 if something in there cannot work\n  \
        {0} inspect --check deploy/\n\n  \
        # For programs: those that have problems\n  \
        {0} inspect -o json deploy/*.yaml | jq -r '.[] | select(.problems != []) | .file'", name()))]
pub(crate) struct InspectArgs {
    /// Files with SealedSecrets, in YAML or JSON, and directories with them (default: standard input).
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Output format.
    #[arg(short = 'o', long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: InspectFormat,

    /// Namespace, in the cluster, of SealedSecrets without one (default: that of the kubeconfig context).
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Exit with 1 if a SealedSecret has a problem; without --live, as far as its text shows.
    #[arg(long)]
    pub check: Option<bool>,

    /// Also request the controller's certificate from the cluster, and whether the SealedSecret is synced.
    #[arg(long)]
    pub live: Option<bool>,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub project: ProjectFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}

/// The output format of `inspect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: a list of objects.
    Json,
}

pub(crate) fn run(args: InspectArgs) -> Result<(), CommandError> {
    let is_live = args.live == Some(true);
    if is_live && args.certificate.offline == Some(true) {
        return Err(UsageError::Offline("--live").into());
    }
    let folder = folder_of(&args.files).to_owned();
    let trusted = flag_value::path_of(args.project.trust.trusted.clone());
    let target = Target::resolve(args.certificate, args.connection, args.namespace, args.project, &folder)?;
    let mut inputs: Vec<Input> = args.files.into_iter().map(|file| flag_value::input(Some(file))).collect();
    if inputs.is_empty() {
        inputs.push(Input::Stdin);
    }
    let certificates = match target.certificate() {
        // No request is sent for a certificate only: the cached one is enough.
        Ok(CertificateSource::Controller(controller)) if !is_live => {
            Certificates::from(&CertificateSource::Cache(controller))?
        }
        Ok(source) => Certificates::from(&source)?,
        // The rest can be printed without it.
        Err(error) if !is_live => {
            alert(format_args!("the present certificate is not known: {}", on_one_line(&error)));
            Certificates::default()
        }
        Err(error) => return Err(error),
    };
    let cluster = is_live.then(|| Cluster::connect(target.cluster(), &target.namespace)).transpose()?;
    let mut found = files::read(&inputs, &certificates, args.check == Some(true))?;
    let recipients = found.reports.iter_mut().flat_map(|report| &mut report.recipients);
    name_clusters(&folder, trusted.as_deref(), recipients);
    let live_keys = LiveKeys::default();
    for report in &mut found.reports {
        report.cluster = cluster.as_ref().map(|cluster| cluster.state_of(report)).transpose()?;
        if is_live && report.certificate.is_newest != Some(true) {
            report.problems.retain(|problem| !matches!(problem, Problem::Key(_)));
            let problem = Problem::of_keys(&report.noted_keys, |key| live_keys.state_of(&target, key));
            let problem = problem.filter(|problem| !report.problems.contains(problem));
            report.problems.splice(0..0, problem);
        }
        if report.cluster.as_ref().is_some_and(is_refused) {
            report.problems.push(Problem::NotSynced);
        }
        let is_known = report.problems.contains(&Problem::Compromised);
        if !is_known && report.cluster.as_ref().is_some_and(|state| is_compromised(report, state)) {
            report.problems.insert(0, Problem::Compromised);
        }
    }
    if found.reports.is_empty() {
        return found.outcome();
    }
    let written = match args.format {
        InspectFormat::Text => text::render(&found.reports, Paint::for_stdout(), Timestamp::now()),
        InspectFormat::Json => {
            shown_json(&serde_json::to_string_pretty(&found.reports).map_err(RenderError::Json)?) + "\n"
        }
    };
    Output::Stdout.write(written.as_bytes())?;
    let (problems, all) =
        (found.reports.iter().filter(|report| report.has_error()).count(), found.reports.len());
    found.outcome()?;
    if args.check == Some(true) && problems > 0 {
        return Err(InspectError::Problems { problems, all }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_and_live_exclude_each_other() {
        let error = |offline| {
            let certificate = CertificateFlags { offline: Some(offline), ..CertificateFlags::default() };
            let kubeconfig = Some("/nonexistent".into());
            let connection = ConnectionFlags { kubeconfig, ..ConnectionFlags::default() };
            run(InspectArgs { live: Some(true), certificate, connection, ..InspectArgs::default() })
                .unwrap_err()
        };
        let refused = error(true).to_string();
        assert!(refused.contains("--live") && refused.contains("--offline"), "{refused}");
        assert!(error(false).downcast_ref::<UsageError>().is_none());
    }
}
