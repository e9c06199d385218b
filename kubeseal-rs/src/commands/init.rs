//! `init`: makes the project file from the contexts of a kubeconfig.
//!
//! `choice` says which contexts become clusters, by flags or by questions; `text` writes the file. Nothing is written before every
//! certificate is there, and nothing that exists is overwritten.

pub(crate) mod choice;
pub(crate) mod error;
pub(crate) mod text;

use crate::certificate::CertificateSource;
use crate::commands::clusters::fetch::one_line;
use crate::commands::clusters::served::{Served, controller, served};
use crate::commands::init::choice::Chosen;
use crate::commands::init::error::InitError;
use crate::error::{CommandError, Context as _};
use crate::files::output::Output;
use crate::files::output::progress_lines::ProgressLines;
use crate::project::certificate_file::{self, default_path};
use crate::project::cluster::{Connection, KeySource};
use crate::project::cluster_name::ClusterName;
use crate::project::error::ProjectError;
use crate::project::file::{NAME, ProjectFile, SCHEMA, SCHEMA_PATH};
use crate::project::recipient::{Recipient, RecipientKey};
use crate::project::root;
use crate::project::rule::Rule;
use crate::project::trust::Trust;
use crate::project::trust::claim::Claim;
use crate::settings::connection_flags::given_path;
use crate::settings::flag_value::texts;
use crate::settings::kubeconfig_flags::KubeconfigFlags;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use clap::Args;
use envelope::{Certificate, Fingerprint};
use std::path::{Path, PathBuf};

/// The first part of `help init`.
pub(crate) const LONG_ABOUT: &str = "Make the project file .sealed-secrets.yaml at the root of the repository, from contexts of your kubeconfig.\n\n\
    At a terminal, it asks which contexts become clusters, and how they are called; elsewhere, --cluster says so. It fetches the \
    certificates into .sealed-secrets, trusts them, and writes a first rule, which you then adapt. It overwrites nothing.";

/// Make the project file, from contexts of your kubeconfig.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # At a terminal\n  \
        {0} init\n\n  \
        # In a script\n  \
        {0} init --cluster prod-eu=admin@prod-eu --cluster prod-us=admin@prod-us", name()))]
pub(crate) struct InitArgs {
    /// A cluster: its name in the project file, and a context of the kubeconfig; may be repeated.
    #[arg(long, value_name = "NAME=CONTEXT")]
    pub cluster: Vec<String>,

    /// A safe for the day when all clusters are lost: its name, and a public key of age; may be repeated.
    #[arg(long, value_name = "NAME=age1…")]
    pub recipient: Vec<String>,

    /// Take the certificates that the controllers served last; needs no cluster.
    #[arg(long, env = "SEALED_SECRETS_OFFLINE", hide_env = true)]
    pub offline: Option<bool>,

    #[command(flatten)]
    pub kubeconfig: KubeconfigFlags,
}

pub(crate) fn run(args: &InitArgs) -> Result<(), CommandError> {
    let root = match root::around(Path::new("."))? {
        (root, true) => return Err(InitError::Exists(root.join(NAME)).into()),
        (root, false) => root,
    };
    let kubeconfig = given_path(args.kubeconfig.kubeconfig.as_ref());
    let chosen = Chosen::choose(&texts(args.cluster.clone()), &texts(args.recipient.clone()), kubeconfig)?;
    let text = text::render(&chosen, &args.kubeconfig);
    let file = ProjectFile::parse(&text);
    let file = file.map_err(|invalid| ProjectError::invalid(root.join(NAME), invalid))?;
    let mut trust = Trust::of(&root, None)?;
    let (certificates, missing) = certificates(&file, args, &mut trust)?;
    for (_, path, certificate) in &certificates {
        check_free(&root, path, certificate.fingerprint())?;
    }
    write_all(&root, &text, &certificates)?;
    trust.accept(claims(&file, &certificates))?;
    report(&root, &file, &certificates, &missing)
}

type Certificates = Vec<(ClusterName, PathBuf, Certificate)>;

/// The certificates of all clusters, and the names of those without one, which is so with `--offline` only.
fn certificates(
    file: &ProjectFile,
    args: &InitArgs,
    trust: &mut Trust,
) -> Result<(Certificates, Vec<ClusterName>), CommandError> {
    let (mut certificates, mut missing) = (Vec::new(), Vec::new());
    for cluster in &file.clusters {
        let KeySource::Certificate(path) = &cluster.key else { continue };
        let name = &cluster.name;
        let certificate = if args.offline == Some(true) {
            match cached(&cluster.connection, &args.kubeconfig) {
                Ok(certificate) => certificate,
                Err(error) => {
                    alert(format_args!("{name}: no certificate: {}", one_line(&error)));
                    missing.push(name.clone());
                    continue;
                }
            }
        } else {
            let answer = served(name, &cluster.connection, &args.kubeconfig);
            let Served { certificate, is_verified } =
                answer.context(format_args!("cannot get the certificate of cluster {name}"))?;
            if !is_verified {
                let key = RecipientKey::Certificate(certificate.clone());
                let claim = Recipient { name: name.clone(), key }.claim();
                trust
                    .require(vec![claim])
                    .hint("it did not come over the verified API server of your kubeconfig")?;
            }
            certificate
        };
        certificates.push((name.clone(), path.clone(), certificate));
    }
    Ok((certificates, missing))
}

/// The certificate that the controller served last, over verified TLS.
fn cached(connection: &Connection, flags: &KubeconfigFlags) -> Result<Certificate, CommandError> {
    let context = connection.context.as_deref().unwrap_or_default();
    Ok(CertificateSource::Cache(controller(context, connection, flags)?).certificate()?)
}

/// Refuses a path at which there is anything but this certificate.
fn check_free(root: &Path, path: &Path, certificate: Fingerprint) -> Result<(), InitError> {
    if !root::is_there(&root.join(path)) {
        return Ok(());
    }
    let text = certificate_file::read(root, path).ok();
    let there = text.and_then(|text| Certificate::from_pem(&text).ok());
    match there {
        Some(there) if there.fingerprint() == certificate => Ok(()),
        _ => Err(InitError::Exists(root.join(path))),
    }
}

/// Writes the certificates and the schema, then the project file.
fn write_all(root: &Path, text: &str, certificates: &Certificates) -> Result<(), CommandError> {
    for (_, path, certificate) in certificates {
        certificate_file::write(root, path, certificate)
            .map_err(|source| InitError::Write { path: root.join(path), source })?;
    }
    let schema = root.join(SCHEMA_PATH);
    if !root::is_there(&schema) {
        certificate_file::create_directory_of(root, Path::new(SCHEMA_PATH))
            .map_err(|source| InitError::Write { path: schema.clone(), source })?;
        write_file(&schema, SCHEMA)?;
    }
    write_file(&root.join(NAME), text)
}

fn write_file(path: &Path, text: &str) -> Result<(), CommandError> {
    Output::File(path.to_owned()).write(text.as_bytes()).map_err(CommandError::from)
}

/// Everything that the new project file says: the user said it, or a verified API server.
fn claims(file: &ProjectFile, certificates: &Certificates) -> Vec<Claim> {
    let keys = certificates.iter().map(|(name, _, certificate)| {
        Recipient { name: name.clone(), key: RecipientKey::Certificate(certificate.clone()) }.claim()
    });
    let mut claims: Vec<Claim> = keys.collect();
    for cluster in &file.clusters {
        if let KeySource::Recipient(recipient) = &cluster.key {
            let key = RecipientKey::Age(recipient.clone());
            claims.push(Recipient { name: cluster.name.clone(), key }.claim());
        }
        claims.push(Claim::connection(cluster));
    }
    claims.push(Claim::Rules(file.rules.iter().map(Rule::normalised).collect()));
    claims
}

fn report(
    root: &Path,
    file: &ProjectFile,
    certificates: &Certificates,
    missing: &[ClusterName],
) -> Result<(), CommandError> {
    let mut stdout = ProgressLines::new();
    for (name, path, certificate) in certificates {
        let short = certificate.fingerprint().short();
        stdout.print(&format!("{name}: {short} written to {}\n", shown_path(path)));
    }
    let count = file.clusters.len();
    let noun = if count == 1 { "cluster" } else { "clusters" };
    stdout.print(&format!("{} written, with {count} {noun}\n", shown_path(root.join(NAME))));
    if let Some(first) = missing.first() {
        let path = shown_path(default_path(first.as_str()));
        stdout.print(&format!("`{} clusters fetch` writes {path} and others that are missing\n", name()));
    }
    Ok(stdout.finish()?)
}
