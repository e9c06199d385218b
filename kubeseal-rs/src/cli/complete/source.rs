//! [`Source`]: where the values of a flag or an argument come from; [`Sources`] gives them to the definition of the command line.
//!
//! Decided: chosen by the name that the help shows for the value, such as CONTEXT, instead of an attribute at each flag: a new command
//! completes what it calls by these names.

use crate::cli::complete::typed::Typed;
use crate::cluster::session::Session;
use crate::cluster::{Cluster, kubeconfig};
use crate::controller::address::ControllerAddress;
use crate::files::git::read_small;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{StoredKey, is_escrow_copy};
use crate::manifest::sealed_file::SealedFile;
use crate::project::Project;
use clap::{Arg, Command};
use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCandidates;
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::api::ListParams;
use kube::config::Kubeconfig;
use kube::{Api, ResourceExt};
use std::any::TypeId;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Larger files are not read for the names of their items.
const LARGEST: u64 = 1 << 20;

/// A longer list does not help to choose.
const MOST: u32 = 1000;

/// Where values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Contexts,
    /// The clusters of the kubeconfig.
    Clusters,
    /// The users of the kubeconfig.
    Users,
    Namespaces,
    /// The Secrets of the namespace in the cluster.
    Secrets,
    /// The clusters of the project file.
    ProjectClusters,
    /// The fingerprints of the controller's keys.
    Fingerprints,
    /// The names of the items in files that are named before.
    Items,
    Files,
}

/// Gives the flags and arguments of a command line their values.
pub(crate) struct Sources {
    typed: Arc<Typed>,
    /// Set when the engine asks for the names of files.
    files: Arc<AtomicBool>,
}

impl Sources {
    pub(crate) fn new(typed: Typed) -> Self {
        Self { typed: Arc::new(typed), files: Arc::default() }
    }

    /// Whether names of files are among what was asked for.
    pub(crate) fn want_files(&self) -> bool {
        self.files.load(Ordering::SeqCst)
    }

    /// The command line with sources. None is read before the engine asks for its values.
    pub(crate) fn given_to(&self, command: Command) -> Command {
        command.mut_args(|arg| self.given_to_argument(arg)).mut_subcommands(|next| self.given_to(next))
    }

    fn given_to_argument(&self, arg: Arg) -> Arg {
        let Some(source) = Source::of(&arg) else { return arg };
        let (typed, files) = (Arc::clone(&self.typed), Arc::clone(&self.files));
        arg.add(ArgValueCandidates::new(move || {
            files.fetch_or(source == Source::Files, Ordering::SeqCst);
            source.candidates(&typed).unwrap_or_default()
        }))
    }
}

impl Source {
    fn of(arg: &Arg) -> Option<Self> {
        let id = arg.get_id().as_str().to_uppercase();
        let name = arg.get_value_names().and_then(<[_]>::first).map_or(id.as_str(), |name| name.as_str());
        Some(match (arg.get_long(), name) {
            (Some("cluster"), _) => Self::Clusters,
            (Some("user"), _) => Self::Users,
            (Some("from-live"), _) => Self::Secrets,
            (Some("for"), _) | (_, "CLUSTER") => Self::ProjectClusters,
            (_, "CONTEXT") => Self::Contexts,
            (_, "NAMESPACE") => Self::Namespaces,
            (_, "FINGERPRINT") => Self::Fingerprints,
            (_, "KEY" | "ITEM") => Self::Items,
            (_, name) if name.contains("FILE") || name.contains("PATH") => Self::Files,
            _ if arg.get_value_parser().type_id() == TypeId::of::<PathBuf>() => Self::Files,
            _ => return None,
        })
    }

    /// The values. None if they cannot be had.
    fn candidates(self, typed: &Typed) -> Option<Vec<CompletionCandidate>> {
        let names = match self {
            Self::Fingerprints => return fingerprints(typed),
            Self::Files => return None,
            Self::Contexts => kubeconfig_of(typed)?.contexts.into_iter().map(|named| named.name).collect(),
            Self::Clusters => kubeconfig_of(typed)?.clusters.into_iter().map(|named| named.name).collect(),
            Self::Users => kubeconfig_of(typed)?.auth_infos.into_iter().map(|named| named.name).collect(),
            Self::Secrets => secrets(typed)?,
            Self::Namespaces => namespaces(typed).or_else(|| namespaces_of_contexts(typed))?,
            Self::ProjectClusters => {
                let project = Project::find(Path::new(".")).ok()??;
                project.clusters().iter().map(|cluster| cluster.name.to_string()).collect()
            }
            Self::Items => typed.paths().filter_map(items_in).flatten().collect(),
        };
        let names: BTreeSet<String> = names;
        Some(names.into_iter().map(CompletionCandidate::new).collect())
    }
}

fn kubeconfig_of(typed: &Typed) -> Option<Kubeconfig> {
    kubeconfig::read(typed.kubeconfig().as_deref()).ok()?
}

/// The cluster, if its user logs in without a program: that might ask, and the author of the kubeconfig chose it.
fn cluster_without_program(typed: &Typed) -> Option<Cluster> {
    let cluster = typed.cluster()?;
    let runs_plugin = cluster.resolved().ok()?.runs_plugin();
    (!runs_plugin).then_some(cluster)
}

fn namespaces(typed: &Typed) -> Option<BTreeSet<String>> {
    let session = Session::begin(&cluster_without_program(typed)?).ok()?;
    let all = session.request(async |client| {
        Api::<Namespace>::all(client).list_metadata(&ListParams::default().limit(MOST)).await
    });
    Some(all.ok()?.iter().map(ResourceExt::name_any).collect())
}

/// Their names alone: no value is read.
fn secrets(typed: &Typed) -> Option<BTreeSet<String>> {
    let cluster = cluster_without_program(typed)?;
    let namespace =
        typed.text("namespace").or_else(|| Some(cluster.resolved().ok()?.namespace().to_owned()))?;
    let session = Session::begin(&cluster).ok()?;
    let all = session.request(async |client| {
        Api::<Secret>::namespaced(client, &namespace).list_metadata(&ListParams::default().limit(MOST)).await
    });
    Some(all.ok()?.iter().map(ResourceExt::name_any).collect())
}

/// Where the cluster cannot be asked, the kubeconfig still has the namespaces that the user works with.
fn namespaces_of_contexts(typed: &Typed) -> Option<BTreeSet<String>> {
    let contexts = kubeconfig_of(typed)?.contexts.into_iter().filter_map(|named| named.context);
    Some(contexts.filter_map(|context| context.namespace).collect())
}

/// The first digits of the keys' fingerprints, with the state of each key.
fn fingerprints(typed: &Typed) -> Option<Vec<CompletionCandidate>> {
    // The project file would say which controller is meant, once it is trusted.
    if typed.text("for_cluster").is_some() {
        return None;
    }
    let cluster = cluster_without_program(typed)?;
    let [name, namespace, prefix] =
        ["controller_name", "controller_namespace", "key_prefix"].map(|id| typed.text(id));
    let store = KeyStore::connect(&ControllerAddress::from_args(name, namespace, prefix, &cluster)).ok()?;
    let keys = store.may_list_keys().then(|| store.keys().ok())??;
    let candidate = |key: &StoredKey| {
        let candidate = CompletionCandidate::new(key.fingerprint()?.short());
        Some(candidate.help(Some(key.state().as_str().into())))
    };
    Some(keys.iter().filter(|key| !is_escrow_copy(&keys, key)).filter_map(candidate).collect())
}

/// The names of the items of the SealedSecrets in a file.
fn items_in(file: &Path) -> Option<Vec<String>> {
    let bytes = read_small(file, LARGEST).ok()??;
    let sealed = SealedFile::read(std::str::from_utf8(&bytes).ok()?).ok()?;
    let items = sealed.objects().iter().flat_map(|object| object.spec.encrypted_data.keys());
    Some(items.cloned().collect())
}
