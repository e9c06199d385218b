//! `clusters list`: every cluster of the project file, and what is known of it.

pub(crate) mod listing;
pub(crate) mod table;

use crate::commands::clusters::error::ClustersError;
use crate::commands::clusters::fetch::one_line;
use crate::commands::clusters::list::listing::{Line, Listing, Rules};
use crate::commands::clusters::served::served;
use crate::commands::clusters::trust::digest_of;
use crate::error::CommandError;
use crate::files::output::Output;
use crate::manifest::write::RenderError;
use crate::project::Project;
use crate::project::cluster::{Cluster, Connection, KeySource};
use crate::project::recipient::RecipientKey;
use crate::project::trust::Trust;
use crate::project::trust::claim::Claim;
use crate::project::trust::list;
use crate::settings::flag_value::path_of;
use crate::settings::kubeconfig_flags::KubeconfigFlags;
use crate::settings::trust_flags::TrustFlags;
use crate::terminal::escape::shown_json;
use crate::terminal::paint::Paint;
use crate::terminal::program::name;
use clap::{Args, ValueEnum};
use envelope::Certificate;
use std::path::Path;

/// The first part of `help clusters list`.
pub(crate) const LONG_ABOUT: &str = "Show every cluster of the project file: its key, how long its certificate is valid, and whether you trust \
    the key.\n\n\
    With --check, each cluster is asked for its newest certificate, over the connection that you have accepted. Without it, nothing is \
    sent.\n\n\
    Exits with 1 if a certificate cannot be used, or a cluster does not answer.";

/// Show every cluster of the project file, its key, and whether it is trusted.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} clusters list\n  \
        {0} clusters list --check\n\n  \
        # The list for CI, which gives it with --trusted\n  \
        {0} clusters list --trusted-file > ../trusted\n\n  \
        # For programs: clusters with a newer certificate\n  \
        {0} clusters list --check -o json |\n    \
        jq -r '.clusters[] | select(.newest != null and .newest != .fingerprint) | .name'", name()))]
pub(crate) struct ListArgs {
    /// Output format.
    #[arg(short = 'o', long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ClustersFormat,

    /// Also request the newest certificate from each cluster.
    #[arg(long)]
    pub check: Option<bool>,

    /// Print what you have accepted as the list that --trusted reads, and nothing else.
    #[arg(long, conflicts_with_all = ["check", "format"])]
    pub trusted_file: Option<bool>,

    #[command(flatten)]
    pub trust: TrustFlags,

    #[command(flatten)]
    pub kubeconfig: KubeconfigFlags,
}

/// The output format of `clusters list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ClustersFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

pub(crate) fn run(args: &ListArgs) -> Result<(), CommandError> {
    let project = Project::require(Path::new("."))?;
    if args.trusted_file == Some(true) {
        return print_trusted_file(&project, args.trust.trusted.as_deref());
    }
    let trust = Trust::of(project.root(), args.trust.trusted.as_deref())?;
    let rules = project.rules();
    let lines = project.clusters().iter();
    let lines = lines.map(|cluster| {
        line(&project, cluster, &trust, (args.check == Some(true)).then_some(&args.kubeconfig))
    });
    let listing = Listing {
        root: project.root().display().to_string(),
        rules: Rules { sha256: digest_of(&rules), trusted: trust.trusted().has(&rules) },
        clusters: lines.collect(),
        is_checked: args.check == Some(true),
        is_by_list: path_of(args.trust.trusted.clone()).is_some(),
    };
    let written = match args.format {
        ClustersFormat::Text => table::render(&listing, Paint::for_stdout()),
        ClustersFormat::Json => {
            shown_json(&serde_json::to_string_pretty(&listing).map_err(RenderError::Json)?) + "\n"
        }
    };
    Output::Stdout.write(written.as_bytes())?;
    match listing.clusters.iter().filter(|line| !line.problems.is_empty()).count() {
        0 => Ok(()),
        count => Err(ClustersError::Problems(count).into()),
    }
}

/// Prints the accepted keys and connections of the project's clusters, and the digest of its rules, if the keys and rules are accepted as
/// they are now. A connection that is not accepted is not listed.
fn print_trusted_file(project: &Project, file: Option<&Path>) -> Result<(), CommandError> {
    let mut trust = Trust::of(project.root(), file)?;
    let keys = project.clusters().iter().map(|cluster| Ok(project.recipient(cluster)?.claim()));
    let mut claims = keys.collect::<Result<Vec<_>, CommandError>>()?;
    claims.push(project.rules());
    trust.require(claims)?;
    let mut trusted = trust.trusted().clone();
    trusted.clusters.retain(|name, known| {
        let cluster = project.clusters().iter().find(|cluster| cluster.name == *name);
        // The project file says another one by now.
        if cluster.is_some_and(|cluster| cluster.connection != known.connection) {
            known.connection = Connection::default();
        }
        cluster.is_some()
    });
    let lines = list::lines(&trusted, &digest_of(&project.rules()));
    Ok(Output::Stdout.write(lines.as_bytes())?)
}

fn line(project: &Project, cluster: &Cluster, trust: &Trust, check: Option<&KubeconfigFlags>) -> Line {
    let key = project.key_of(cluster);
    let usable = project.recipient(cluster);
    let certificate = match key.as_ref().map(|known| &known.key) {
        Ok(RecipientKey::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    let mut line = Line {
        name: cluster.name.to_string(),
        certificate: match &cluster.key {
            KeySource::Certificate(path) => Some(path.display().to_string()),
            KeySource::Recipient(_) => None,
        },
        fingerprint: certificate.map(|certificate| certificate.fingerprint().to_string()),
        recipient: match &cluster.key {
            KeySource::Recipient(recipient) => Some(recipient.to_string()),
            KeySource::Certificate(_) => None,
        },
        not_before: certificate.map(Certificate::not_before),
        not_after: certificate.map(Certificate::not_after),
        trusted: key.as_ref().is_ok_and(|known| trust.trusted().has(&known.claim())),
        connection: cluster.connection.clone(),
        reachable: None,
        newest: None,
        problems: usable.err().map(|error| one_line(&error.into())).into_iter().collect(),
    };
    if let Some(flags) = check
        && matches!(cluster.key, KeySource::Certificate(_))
    {
        match newest(cluster, trust, flags) {
            Ok(newest) => {
                line.reachable = Some(true);
                line.newest = Some(newest.fingerprint().to_string());
            }
            Err(error) => {
                line.reachable = Some(false);
                line.problems.push(one_line(&error));
            }
        }
    }
    line
}

/// The certificate that the cluster serves now, over an accepted connection.
fn newest(cluster: &Cluster, trust: &Trust, flags: &KubeconfigFlags) -> Result<Certificate, CommandError> {
    trust.check(vec![Claim::connection(cluster)])?;
    Ok(served(&cluster.name, &cluster.connection, flags)?.certificate)
}
