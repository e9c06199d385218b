//! [`SealPlan`]: which files are written, and for whom, by the project file. [`of_existing`]: for whom a file is that exists already.

use crate::commands::common::seal_for::annotation::warn_of_size;
use crate::commands::common::seal_for::choice::{Choice, Coverage, choose};
use crate::commands::common::seal_for::error::SealForError;
use crate::commands::common::seal_for::existing_output::{NewObject, check};
use crate::commands::common::seal_for::keys::RecipientKeys;
use crate::commands::common::seal_for::project_recipients::ProjectRecipients;
use crate::commands::common::written::Written;
use crate::error::{CommandError, Context as _};
use crate::files::output::Output;
use crate::files::output::several::write_all;
use crate::manifest::write::write;
use crate::project::Project;
use crate::project::error::ProjectError;
use crate::project::output_path::within;
use crate::project::recipient::{Recipient, RecipientKey};
use crate::project::rule::{Layout, Rule};
use crate::settings::flag_value::Format;
use crate::settings::recipient_flags::RecipientFlags;
use crate::terminal::escape::shown;
use api::Scope;
use envelope::Certificate;
use rand::rngs::SysRng;
use sealing::SecretToSeal;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// What is sealed for whom.
#[derive(Debug)]
pub(crate) struct SealPlan {
    /// At least one.
    outputs: Vec<PlannedOutput>,
    /// The root of the project file, which the outputs are inside of. None if the user chose one certificate.
    root: Option<PathBuf>,
    /// The scope that the rule says.
    scope: Option<Scope>,
    /// Whether one object is for several clusters.
    is_one_for_all: bool,
}

/// A file to write.
#[derive(Debug)]
struct PlannedOutput {
    output: Output,
    keys: RecipientKeys,
    /// None if the user chose one certificate.
    recipients: Option<ProjectRecipients>,
}

impl SealPlan {
    /// The plan for a new file; None is standard output, for which the user names the clusters.
    pub(crate) fn of_output(
        file: Option<&Path>,
        flags: &RecipientFlags,
    ) -> Result<Coverage<Self>, CommandError> {
        let Choice { project, rule, recipients, accepted } = match choose(file, flags)? {
            Coverage::By(choice) => choice,
            Coverage::Not(error) => return Ok(Coverage::Not(error)),
        };
        let scope = rule.as_ref().map(|rule| rule.scope);
        let with_files = rule.filter(|rule| rule.layout != Layout::One).zip(file);
        let Some((rule, file)) = with_files else {
            let output = Output::to(file.map(Path::to_owned));
            let outputs = vec![PlannedOutput::of(output, ProjectRecipients::new(recipients, accepted))?];
            let root = Some(project.root().to_owned());
            return Ok(Coverage::By(Self { outputs, root, scope, is_one_for_all: true }));
        };
        if let Some(cluster) = rule.cluster_of(&within(project.root(), file)?) {
            return Err(
                SealForError::FileOfCluster { path: file.to_owned(), cluster: cluster.clone() }.into()
            );
        }
        let mut outputs = Vec::new();
        for (path, recipient) in files_of(&project, &rule, file, recipients)? {
            let recipients = ProjectRecipients::new(vec![recipient], accepted.clone());
            outputs.push(PlannedOutput::of(Output::File(path), recipients)?);
        }
        let root = Some(project.root().to_owned());
        Ok(Coverage::By(Self { outputs, root, scope, is_one_for_all: false }))
    }

    /// One file for one certificate, which the user chose or a controller served.
    pub(crate) fn of_one(output: Output, certificate: Certificate) -> Self {
        let keys = RecipientKeys::one(certificate);
        let outputs = vec![PlannedOutput { output, keys, recipients: None }];
        Self { outputs, root: None, scope: None, is_one_for_all: false }
    }

    /// The scope to seal with: that of the flag, else the rule's, which the Secret must not contradict with the one that it has `stated`.
    /// None leaves it to the Secret.
    pub(crate) fn scope(
        &self,
        flag: Option<Scope>,
        secret: impl Display,
        stated: Scope,
    ) -> Result<Option<Scope>, SealForError> {
        match (flag, self.scope) {
            (None, Some(rule)) if stated != Scope::default() && stated != rule => {
                Err(SealForError::Scope { secret: secret.to_string(), stated, rule })
            }
            (flag, rule) => Ok(flag.or(rule)),
        }
    }

    /// Refuses one object for all clusters that opens anywhere in them.
    pub(crate) fn check_scope(&self, scope: Scope) -> Result<(), SealForError> {
        if self.is_one_for_all && scope == Scope::ClusterWide {
            let recipients = self.outputs.iter().filter_map(|planned| planned.recipients.as_ref());
            return Err(SealForError::OpensAnywhere(recipients.flat_map(ProjectRecipients::names).collect()));
        }
        Ok(())
    }

    /// Refuses to lose what is in the files, where these SealedSecrets are written.
    pub(crate) fn check_outputs(&self, new: &[NewObject<'_>]) -> Result<(), CommandError> {
        let mut outputs = self.outputs.iter();
        outputs.try_for_each(|planned| check(&planned.output, new, planned.recipients.as_ref()))
    }

    /// Seals the Secrets for each file, writes all files or none, and prints for whom each of them is.
    pub(crate) fn write(
        &self,
        secrets: &[&SecretToSeal],
        format: Option<Format>,
    ) -> Result<(), CommandError> {
        let mut files = Vec::new();
        for planned in &self.outputs {
            files.push((planned.output.clone(), planned.sealed(secrets, format)?));
        }
        for (output, _) in &files {
            // A folder may have become a link while the user typed values.
            if let (Some(root), Output::File(path)) = (&self.root, output) {
                within(root, path)?;
            }
        }
        write_all(&files)?;
        let mut written = Written::default();
        for secret in secrets {
            written.add(&secret.metadata, secret.data.len());
        }
        for PlannedOutput { output, recipients, .. } in &self.outputs {
            match recipients {
                Some(recipients) => recipients.print_written(output, &written),
                None => {
                    output.wrote(&written);
                }
            }
        }
        Ok(())
    }
}

impl PlannedOutput {
    fn of(output: Output, recipients: ProjectRecipients) -> Result<Self, SealForError> {
        Ok(Self { output, keys: recipients.keys()?, recipients: Some(recipients) })
    }

    /// The SealedSecrets, as text.
    fn sealed(&self, secrets: &[&SecretToSeal], format: Option<Format>) -> Result<Vec<u8>, CommandError> {
        let format = format.unwrap_or_else(|| match &self.output {
            Output::File(file) if file.extension().is_some_and(|extension| extension == "json") => {
                Format::Json
            }
            _ => Format::Yaml,
        });
        let mut written = Vec::new();
        for secret in secrets {
            let name = shown(secret.metadata.name.as_deref().unwrap_or_default());
            let sealed = self.keys.with(|to| sealing::seal_secret_for(&mut SysRng, to, secret));
            let sealed = sealed.context(format_args!("cannot seal the Secret {name}"))?;
            if let (true, Ok(object)) = (self.keys.are_several(), serde_json::to_value(&sealed)) {
                warn_of_size(&name, &object);
            }
            write(format, &sealed, &mut written)?;
        }
        Ok(written)
    }
}

/// For whom the SealedSecrets in a file are sealed, when items of them change. With a file for each cluster, the file without a cluster in
/// its name means all of them.
pub(crate) fn of_existing(
    file: &Path,
    flags: &RecipientFlags,
) -> Result<Coverage<Vec<(PathBuf, ProjectRecipients)>>, CommandError> {
    let Choice { project, rule, mut recipients, accepted } = match choose(Some(file), flags)? {
        Coverage::By(choice) => choice,
        Coverage::Not(error) => return Ok(Coverage::Not(error)),
    };
    let scope = rule.as_ref().map(|rule| rule.scope);
    if let Some(rule) = rule.filter(|rule| rule.layout != Layout::One) {
        let path = file.to_owned();
        let Some(cluster) = rule.cluster_of(&within(project.root(), file)?) else {
            let outputs = files_of(&project, &rule, file, recipients)?;
            let keyed = |(path, recipient)| {
                (path, ProjectRecipients::new(vec![recipient], accepted.clone()).within(scope))
            };
            return Ok(Coverage::By(outputs.into_iter().map(keyed).collect()));
        };
        recipients.retain(|recipient| recipient.name == *cluster);
        if recipients.is_empty() {
            return Err(SealForError::FileOfCluster { path, cluster: cluster.clone() }.into());
        }
    }
    Ok(Coverage::By(vec![(file.to_owned(), ProjectRecipients::new(recipients, accepted).within(scope))]))
}

/// The files of a rule with a file for each cluster. They have the same rule.
fn files_of(
    project: &Project,
    rule: &Rule,
    file: &Path,
    recipients: Vec<Recipient>,
) -> Result<Vec<(PathBuf, Recipient)>, CommandError> {
    let mut outputs = Vec::new();
    for recipient in recipients {
        if matches!(recipient.key, RecipientKey::Age(_)) {
            return Err(SealForError::NotACluster(recipient.name).into());
        }
        let path = rule.output_of(file, &recipient.name);
        match project.rule_for(&path) {
            Ok(same) if same.pattern() == rule.pattern() => {}
            Ok(_) | Err(ProjectError::NoRule { .. }) => {
                return Err(SealForError::OtherRule { path, pattern: rule.pattern().to_owned() }.into());
            }
            Err(error) => return Err(error.into()),
        }
        outputs.push((path, recipient));
    }
    Ok(outputs)
}
