//! `clusters trust`: accepts what the project file says.
//!
//! Decided: no `--yes`, because scripts would trust whatever a pull request says. A script gives what it expects, with `--fingerprint` and
//! `--rules`; CI gives `--trusted FILE` to the commands that seal.

use crate::commands::clusters::error::ClustersError;
use crate::commands::clusters::fetch::one_line;
use crate::error::CommandError;
use crate::files::output::print_text;
use crate::project::Project;
use crate::project::cluster_name::ClusterName;
use crate::project::key_id::KeyId;
use crate::project::trust::Trust;
use crate::project::trust::claim::Claim;
use crate::project::trust::rules::digest;
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use clap::Args;
use std::path::Path;

/// The first part of `help clusters trust`.
pub(crate) const LONG_ABOUT: &str = "Accept what the project file says: the keys of the clusters, how they are reached, and, where no \
    cluster is named, the rules. What is new is shown beside what was accepted before, and asked for at a terminal.\n\n\
    What you accept is stored on this machine, for this repository. A certificate that is missing or cannot be used stops nothing else: \
    how its cluster is reached is accepted, and `clusters fetch` needs that to write the certificate.";

/// Accept the keys and rules of the project file, after showing what is new.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # Everything, at a terminal\n  \
        {0} clusters trust\n\n  \
        # In a script, only if the key is the one that it knows\n  \
        {0} clusters trust prod-eu --fingerprint \"$PROD_EU\"\n\n  \
        # A cluster that is gone\n  \
        {0} clusters trust --forget prod-old", name()))]
pub(crate) struct TrustArgs {
    /// Names of clusters (default: all, and the rules).
    #[arg(value_name = "CLUSTER")]
    pub names: Vec<String>,

    /// Accept the key of the cluster, without a question, if it is this one: a fingerprint of 64 digits, or age1….
    #[arg(long, value_name = "KEY")]
    pub fingerprint: Option<KeyId>,

    /// Accept the rules, without a question, if this is their SHA-256.
    #[arg(long, value_name = "SHA256", conflicts_with = "names")]
    pub rules: Option<String>,

    /// Forget what was accepted for this cluster, such as one that the project file has no more.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["names", "fingerprint", "rules"])]
    pub forget: Option<String>,
}

pub(crate) fn run(args: &TrustArgs) -> Result<(), CommandError> {
    let project = Project::require(Path::new("."))?;
    let mut trust = Trust::of(project.root(), None)?;
    if let Some(name) = &args.forget {
        return forget(&mut trust, name);
    }
    let clusters = project.named(&args.names)?;
    if let Some(expected) = &args.fingerprint {
        let [cluster] = clusters.as_slice() else {
            return Err(ClustersError::OneCluster("--fingerprint").into());
        };
        let recipient = project.recipient(cluster)?;
        let (cluster, key) = (recipient.name.clone(), recipient.key.id());
        if key != *expected {
            return Err(ClustersError::OtherKey { cluster, key }.into());
        }
        trust.accept(vec![recipient.claim()])?;
        return Ok(print_text(&format!("accepted: {cluster} {}\n", key.short()))?);
    }
    let rules = project.rules();
    if let Some(expected) = &args.rules {
        let digest = digest_of(&rules);
        if digest != *expected {
            return Err(ClustersError::OtherRules(digest).into());
        }
        trust.accept(vec![rules])?;
        return Ok(print_text(&format!("accepted: rules {digest}\n"))?);
    }
    let (mut claims, mut unusable) = (Vec::new(), 0);
    let all: Vec<_> = if clusters.is_empty() { project.clusters().iter().collect() } else { clusters };
    for cluster in all {
        match project.recipient(cluster) {
            Ok(recipient) => claims.push(recipient.claim()),
            Err(error) => {
                unusable += 1;
                let error = one_line(&error.into());
                alert(format_args!("{}: its key is not accepted: {error}", cluster.name));
            }
        }
        claims.push(Claim::connection(cluster));
    }
    if args.names.is_empty() {
        claims.push(rules);
    }
    let is_new = claims.iter().any(|claim| !trust.trusted().has(claim));
    trust.require(claims)?;
    print_text(match (is_new, unusable) {
        (true, _) => "accepted\n",
        (false, 0) => "everything was accepted before\n",
        (false, _) => "everything else was accepted before\n",
    })?;
    if unusable == 0 { Ok(()) } else { Err(ClustersError::NotAccepted(unusable).into()) }
}

fn forget(trust: &mut Trust, name: &str) -> Result<(), CommandError> {
    let accepted: Vec<ClusterName> = trust.trusted().clusters.keys().cloned().collect();
    let Some(cluster) = accepted.iter().find(|cluster| cluster.as_str() == name) else {
        return Err(ClustersError::NothingAccepted { name: name.to_owned(), accepted }.into());
    };
    trust.forget(cluster)?;
    Ok(print_text(&format!("forgotten: {cluster}\n"))?)
}

/// The digest of the rules.
pub(crate) fn digest_of(rules: &Claim) -> String {
    match rules {
        Claim::Rules(rules) => digest(rules),
        Claim::Key { .. } | Claim::Connection { .. } => digest(&[]),
    }
}
