//! `clusters fetch`: writes the certificates that the clusters serve now into the files that the project file names.

use crate::commands::clusters::error::ClustersError;
use crate::commands::clusters::served::{Served, served};
use crate::error::cause::on_one_line;
use crate::error::{CommandError, Context as _};
use crate::files::output::progress_lines::ProgressLines;
use crate::project::Project;
use crate::project::certificate_file;
use crate::project::cluster::{Cluster, Connection, KeySource};
use crate::project::recipient::{Recipient, RecipientKey};
use crate::project::trust::Trust;
use crate::project::trust::claim::Claim;
use crate::settings::flag_value;
use crate::settings::kubeconfig_flags::KubeconfigFlags;
use crate::settings::trust_flags::TrustFlags;
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use clap::Args;
use envelope::Certificate;
use std::path::Path;

/// The first part of `help clusters fetch`.
pub(crate) const LONG_ABOUT: &str = "Write the certificates that the clusters serve now into the files that the project file names; \
    commit them.\n\n\
    A certificate comes over the context of your kubeconfig that the project file names for the cluster, else from its url. How it is \
    fetched is used only once you have accepted it, at a terminal. A certificate that came over the API server of your kubeconfig is \
    trusted without comparing digits; one from a url is shown and asked for.\n\n\
    With --trusted, the list says how certificates are fetched. One that came over the API server is written, and the list stays: add the \
    line that is printed once your team has compared the digits.";

/// Write the certificates that the clusters serve now into their files.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # All of them\n  \
        {0} clusters fetch\n\n  \
        # In a script, over a context that the command names and not the project file\n  \
        {0} clusters fetch prod-eu --context admin@prod-eu\n\n  \
        # In CI, where the list has lines such as \"prod-eu context prod-eu\"\n  \
        {0} clusters fetch --trusted ../trusted", name()))]
pub(crate) struct FetchArgs {
    /// Names of clusters (default: all with a context or url).
    #[arg(value_name = "CLUSTER")]
    pub names: Vec<String>,

    /// Context of the kubeconfig to use for the cluster, whatever the project file says.
    #[arg(long, value_name = "CONTEXT", help_heading = "Cluster")]
    pub context: Option<String>,

    #[command(flatten)]
    pub trust: TrustFlags,

    #[command(flatten)]
    pub kubeconfig: KubeconfigFlags,
}

pub(crate) fn run(args: &FetchArgs) -> Result<(), CommandError> {
    let project = Project::require(Path::new("."))?;
    let context = flag_value::text(args.context.clone());
    let todo = if args.names.is_empty() {
        let all = project.clusters().iter();
        all.filter(|cluster| cluster.connection.context.is_some() || cluster.connection.url.is_some())
            .collect()
    } else {
        project.named(&args.names)?
    };
    if context.is_some() && (todo.len() != 1 || args.names.is_empty()) {
        return Err(ClustersError::OneCluster("--context").into());
    }
    let mut trust = Trust::of(project.root(), args.trust.trusted.as_deref())?;
    if context.is_none() {
        trust.require(todo.iter().map(|cluster| Claim::connection(cluster)).collect())?;
    }
    let mut stdout = ProgressLines::new();
    let mut failed = 0;
    for cluster in todo {
        match fetch(&project, cluster, context.as_deref(), &args.kubeconfig, &mut trust) {
            Ok(line) => stdout.print(&format!("{line}\n")),
            Err(error) if args.names.len() == 1 => return Err(error),
            Err(error) => {
                failed += 1;
                alert(format_args!("{}: not fetched: {}", cluster.name, one_line(&error)));
            }
        }
    }
    stdout.finish()?;
    if failed == 0 { Ok(()) } else { Err(ClustersError::NotFetched(failed).into()) }
}

/// Fetches and writes a certificate; the line to print.
fn fetch(
    project: &Project,
    cluster: &Cluster,
    context: Option<&str>,
    flags: &KubeconfigFlags,
    trust: &mut Trust,
) -> Result<String, CommandError> {
    let KeySource::Certificate(path) = &cluster.key else {
        return Err(ClustersError::Recipient(cluster.name.clone()).into());
    };
    let typed =
        context.map(|context| Connection { context: Some(context.to_owned()), ..Connection::default() });
    let Served { certificate, is_verified } =
        served(&cluster.name, typed.as_ref().unwrap_or(&cluster.connection), flags)?;
    let short = certificate.fingerprint().short();
    warn_of_another(project, cluster, context, &certificate, trust);
    let is_there = project.key_of(cluster).is_ok_and(
        |there| matches!(&there.key, RecipientKey::Certificate(there) if there.fingerprint() == certificate.fingerprint()),
    );
    let key = RecipientKey::Certificate(certificate.clone());
    let claim = Recipient { name: cluster.name.clone(), key }.claim();
    if is_verified {
        trust.accept(vec![claim.clone()])?;
    } else {
        trust
            .require(vec![claim.clone()])
            .hint("it did not come over the verified API server of your kubeconfig")?;
    }
    let unlisted = if trust.trusted().has(&claim) {
        String::new()
    } else {
        format!("; the list of --trusted lacks {} {}", cluster.name, certificate.fingerprint())
    };
    if is_there {
        return Ok(format!("{}: {short} in {} is the newest{unlisted}", cluster.name, shown_path(path)));
    }
    write(project, path, &certificate)?;
    Ok(format!("{}: {short} written to {}{unlisted}", cluster.name, shown_path(path)))
}

/// A wrong --context writes the certificate of another cluster: what is sealed then opens in the wrong place.
fn warn_of_another(
    project: &Project,
    cluster: &Cluster,
    context: Option<&str>,
    certificate: &Certificate,
    trust: &Trust,
) {
    if let (Some(typed), Some(stated)) = (context, &cluster.connection.context)
        && typed != stated
    {
        alert(format_args!(
            "context {} is used, which --context names; that of cluster {} is {}",
            shown(typed),
            cluster.name,
            shown(stated)
        ));
    }
    let key = certificate.fingerprint().to_string();
    let has_key = |other: &&Cluster| {
        let keys = trust.trusted().keys(&other.name);
        other.name != cluster.name && keys.iter().any(|known| known.to_string() == key)
    };
    if let Some(other) = project.clusters().iter().find(has_key) {
        alert(format_args!(
            "{} has the key {}, which is trusted for {}: if they are not one cluster, its context is wrong",
            cluster.name,
            certificate.fingerprint().short(),
            other.name
        ));
    }
}

fn write(project: &Project, path: &Path, certificate: &Certificate) -> Result<(), ClustersError> {
    certificate_file::write(project.root(), path, certificate)
        .map_err(|source| ClustersError::Write { path: path.to_owned(), source })
}

/// The error, its causes and its hint, for a warning.
pub(crate) fn one_line(error: &CommandError) -> String {
    let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
    on_one_line(error) + &hint
}
