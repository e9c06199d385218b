//! [`ControllerSettings`]: which controller of which cluster a command talks to: flags > environment > project file > defaults.
//!
//! clap reads the environment where a flag is not given, so that both are one layer here. Of the project file, the cluster of `--for` counts;
//! without `--for`, the cluster whose context is the selected one, and that for the names of the controller only.
//!
//! Decided: without `--for`, the project file changes no context, because users expect the current one, as with kubectl.
//!
//! Decided: what was not accepted is not used, because a pull request could lead the commands to a controller, and to keys, in a namespace
//! that its author controls. What was accepted and is not in the file any more is an error, and not the default, because a pull request
//! could take commands such as `keys revoke` from the controller that they are meant for.
//!
//! Decided: the names are looked up when they are needed, because a command that needs no controller asks nothing and warns of nothing.

use crate::cluster::Cluster;
use crate::controller::address::ControllerAddress;
use crate::error::{CommandError, Context as _};
use crate::project::Project;
use crate::project::cluster::Connection;
use crate::project::error::ProjectError;
use crate::project::trust::Trust;
use crate::project::trust::claim::Claim;
use crate::project::trust::error::TrustError;
use crate::project::trust::trusted::Trusted;
use crate::settings::flag_value::{path_of, text};
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::project_flags::ProjectFlags;
use crate::settings::usage_error::UsageError;
use crate::target::by_context::{Candidate, Choice, choose};
use crate::target::error::TargetError;
use crate::terminal::escape::shown;
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// The way around the project file.
const BY_FLAGS: &str =
    "to do without it, name the controller with --controller-name and --controller-namespace";

/// The cluster, and what is known of its controller.
#[derive(Debug)]
pub(crate) struct ControllerSettings {
    pub cluster: Cluster,
    /// What flags, environment and the cluster of `--for` say.
    stated: Connection,
    key_prefix: Option<String>,
    /// Where the project file may say more.
    project: Option<ProjectSource>,
    address: OnceCell<ControllerAddress>,
}

/// The project file for a folder, and what it is compared with.
#[derive(Debug)]
struct ProjectSource {
    folder: PathBuf,
    /// The file of `--trusted`.
    trusted: Option<PathBuf>,
}

impl ControllerSettings {
    /// The controller without what the project file says of it.
    pub(crate) fn address_by_flags(&self) -> ControllerAddress {
        let Connection { controller_name, controller_namespace, .. } = self.stated.clone();
        ControllerAddress::from_args(
            controller_name,
            controller_namespace,
            self.key_prefix.clone(),
            &self.cluster,
        )
    }

    /// From the flags of a command, for files in `folder`. Accepts the cluster of `--for`, at a terminal by a question.
    pub(crate) fn from_args(flags: KeyStoreFlags, folder: &Path) -> Result<Self, CommandError> {
        let KeyStoreFlags { controller_name, controller_namespace, key_prefix, mut connection, project } =
            flags;
        let ProjectFlags { for_cluster, trust } = project;
        let by_flags = Connection {
            context: text(connection.context.take()),
            controller_name: text(controller_name),
            controller_namespace: text(controller_namespace),
            url: None,
        };
        let source = ProjectSource { folder: folder.to_owned(), trusted: path_of(trust.trusted) };
        // These name another cluster than the context does.
        let elsewhere = [("--cluster", &connection.cluster), ("--server", &connection.server)];
        let elsewhere = elsewhere.iter().find(|(_, value)| text((*value).clone()).is_some());
        let elsewhere = elsewhere.map(|(flag, _)| *flag);
        let is_by_context = elsewhere.is_none();
        let (stated, project) = match (text(for_cluster), elsewhere) {
            (Some(_), Some(flag)) => return Err(UsageError::Exclude(flag, "--for").into()),
            (Some(cluster), None) => (by_flags.or(&source.accepted(&cluster, &by_flags)?), None),
            (None, _) => (by_flags, is_by_context.then_some(source)),
        };
        connection.context.clone_from(&stated.context);
        let cluster = Cluster::from_args(connection)?;
        Ok(Self { cluster, stated, key_prefix, project, address: OnceCell::new() })
    }

    /// The controller. The first call reads the project file, unless flags, environment or `--for` say everything.
    pub(crate) fn address(&self) -> Result<&ControllerAddress, CommandError> {
        if let Some(address) = self.address.get() {
            return Ok(address);
        }
        let address = match &self.project {
            Some(source) => self.by_context(source)?,
            None => self.with(&Connection::default()),
        };
        Ok(self.address.get_or_init(|| address))
    }

    /// The controller, where the project file says this.
    fn with(&self, connection: &Connection) -> ControllerAddress {
        let Connection { controller_name, controller_namespace, .. } = self.stated.or(connection);
        ControllerAddress::from_args(
            controller_name,
            controller_namespace,
            self.key_prefix.clone(),
            &self.cluster,
        )
    }

    /// The controller that the project file names for the selected context.
    fn by_context(&self, source: &ProjectSource) -> Result<ControllerAddress, CommandError> {
        let default = self.with(&Connection::default());
        if self.stated.controller_name.is_some() && self.stated.controller_namespace.is_some() {
            return Ok(default);
        }
        let Some(context) = self.cluster.context() else { return Ok(default) };
        let project = match Project::require(&source.folder) {
            Ok(project) => Ok(project),
            Err(ProjectError::Absent(root)) => Err(root),
            // Keys are listed and backed up wherever one is.
            Err(ProjectError::Repository { .. }) => return Ok(default),
            Err(error) => return Err(error).hint(BY_FLAGS),
        };
        let (root, clusters) = match &project {
            Ok(project) => (project.root(), project.clusters()),
            Err(root) => (root.as_path(), &[][..]),
        };
        let trusted = match Trust::of(root, source.trusted.as_deref()) {
            Ok(trust) => trust.trusted().clone(),
            Err(TrustError::NoHome) => Trusted::default(),
            Err(error) => return Err(error).hint(BY_FLAGS),
        };
        let is_selected = |connection: &Connection| connection.context.as_deref() == Some(context);
        let clusters = clusters.iter().filter(|cluster| is_selected(&cluster.connection));
        let candidates: Vec<_> = clusters
            .map(|cluster| Candidate {
                cluster: cluster.name.clone(),
                is_accepted: trusted.has(&Claim::connection(cluster)),
                address: self.with(&cluster.connection),
            })
            .collect();
        if !candidates.iter().any(|candidate| candidate.is_accepted) {
            let known = trusted.clusters.iter().filter(|(_, known)| is_selected(&known.connection));
            let known = known.map(|(cluster, known)| (cluster, self.with(&known.connection).service()));
            let others = known.filter(|(_, service)| *service != default.service());
            let controllers: Vec<_> =
                others.map(|(cluster, service)| format!("{service} of {cluster}")).collect();
            if !controllers.is_empty() {
                return Err(TargetError::NotAnyMore { context: context.to_owned(), controllers }.into());
            }
        }
        let Choice { address, ignored } = choose(candidates, default).map_err(|controllers| {
            TargetError::SeveralControllers { context: context.to_owned(), controllers }
        })?;
        if let Some(first) = ignored.first() {
            let clusters: Vec<&str> = ignored.iter().map(|it| it.cluster.as_str()).collect();
            alert(format_args!(
                "{} is used, and not {}, which the project file names for context {} and which was not accepted; to accept it: `{} clusters \
                 trust {}`",
                address.service(),
                first.address.service(),
                shown(context),
                name(),
                clusters.join(" ")
            ));
        }
        Ok(address)
    }
}

impl ProjectSource {
    /// How the cluster of this name is reached, which must have been accepted.
    fn accepted(&self, cluster: &str, by_flags: &Connection) -> Result<Connection, CommandError> {
        let project = Project::require(&self.folder)?;
        let cluster = project.cluster(cluster)?;
        match (&cluster.connection.context, &by_flags.context) {
            (None, None) => return Err(TargetError::NoContext(cluster.name.clone()).into()),
            (Some(context), Some(used)) if context != used => alert(format_args!(
                "context {} is used, which --context or SEALED_SECRETS_CONTEXT names; that of cluster {} is {}",
                shown(used),
                cluster.name,
                shown(context)
            )),
            _ => {}
        }
        let mut trust = Trust::of(project.root(), self.trusted.as_deref())?;
        trust.require(vec![Claim::connection(cluster)])?;
        Ok(cluster.connection.clone())
    }
}
