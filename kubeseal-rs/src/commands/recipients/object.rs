//! [`Planner`]: for whom one SealedSecret is to be sealed, and [`changes`]: how its text changes.

use crate::certificate::is_revoked;
use crate::commands::common::fingerprint_change::sealed_with_one;
use crate::commands::common::seal_for::annotation::warn_of_size;
use crate::commands::common::seal_for::keys::RecipientKeys;
use crate::commands::common::seal_for::recipient_keys::short;
use crate::commands::recipients::current::CurrentRecipients;
use crate::commands::recipients::difference::differences;
use crate::commands::recipients::failure::ChangeFailure;
use crate::commands::recipients::wanted::{Aim, wanted};
use crate::error::CommandError;
use crate::key_store::opening_keys::OpeningKeys;
use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_secrets::SealedObject;
use crate::project::cluster_name::ClusterName;
use crate::project::output_path::within;
use crate::project::recipient::Recipient;
use crate::project::rule::{Layout, Rule};
use crate::project::trust::Trust;
use crate::project::{Project, Selection};
use api::Scope;
use api::annotations::RECIPIENTS;
use rand::rngs::SysRng;
use sealing::{change_recipients, outdated_items};
use serde_json::json;
use std::path::Path;
use yaml_edit_in_place::Change;

/// Decides by the project file and by what is trusted.
pub(crate) struct Planner<'a> {
    pub project: &'a Project,
    pub trust: Trust,
    pub aim: &'a Aim,
    /// With keys, several groups are made one, and entries are compared with the values.
    pub keys: Option<&'a OpeningKeys>,
}

/// A SealedSecret whose recipients are not those that are wanted.
pub(crate) struct Planned {
    pub recipients: Vec<Recipient>,
    pub differences: Vec<String>,
    /// Whether a key that it is sealed to leaked, so that its values are no secrets.
    pub has_leaked: bool,
}

impl Planner<'_> {
    /// The plan for an object in the file at `path`; None if its recipients are right. The outer error ends the run: what is not trusted.
    pub(crate) fn plan(
        &mut self,
        path: &Path,
        rule: Option<&Rule>,
        object: &SealedObject,
    ) -> Result<Result<Option<Planned>, ChangeFailure>, CommandError> {
        if object.spec.encrypted_data.is_empty() {
            return Ok(Ok(None));
        }
        let Some(rule) = rule else { return Ok(Err(ChangeFailure::NoRule)) };
        let ruled = match self.ruled(path, rule) {
            Ok(ruled) => ruled,
            Err(failure) => return Ok(Err(failure)),
        };
        let stated = object.scope();
        if stated.is_wider_than(rule.scope) {
            return Ok(Err(ChangeFailure::WiderScope { stated, rule: rule.scope }));
        }
        // What is asked for is trusted first: the names of what the object has come from there.
        match self.aim {
            Aim::Rules => drop(self.project.resolve(Selection::Rule(rule), &mut self.trust)?),
            Aim::Add(_) if rule.layout != Layout::One => return Ok(Err(ChangeFailure::PerCluster)),
            Aim::Add(name) => {
                self.project.named(std::slice::from_ref(name))?;
                self.trust.require(vec![self.project.rules()])?;
            }
            Aim::Remove(_) => self.trust.require(vec![self.project.rules()])?,
        }
        let current = match CurrentRecipients::of(object, &|key| self.cluster_of(key, &ruled)) {
            Ok(current) => current,
            Err(error) => return Ok(Err(error.into())),
        };
        let names = match wanted(self.aim, &current, &ruled) {
            Ok(Some(names)) => names,
            Ok(None) => return Ok(Ok(None)),
            Err(failure) => return Ok(Err(failure)),
        };
        let recipients = self.project.resolve(Selection::Named(&names), &mut self.trust)?;
        if stated == Scope::ClusterWide && recipients.len() > 1 && current.all.len() < 2 {
            return Ok(Err(ChangeFailure::OpensAnywhere));
        }
        let leaked = || current.all.iter().filter(|recipient| recipient.key.parse().is_ok_and(is_revoked));
        let mut differences = differences(&current, &recipients);
        differences.extend(leaked().map(|it| {
            format!("the key of {} was revoked: change its values where they come from", short(&it.key))
        }));
        if let Some(keys) = self.keys {
            if current.groups > 1 {
                differences.push(format!("in {} groups", current.groups));
            }
            let outdated = keys.with(|keys| outdated_items(&object.metadata, &object.spec, keys));
            if !outdated.is_empty() {
                differences.push(format!("with entries for older values of {}", outdated.join(", ")));
            }
        }
        let has_leaked = leaked().next().is_some();
        Ok(Ok((!differences.is_empty()).then_some(Planned { recipients, differences, has_leaked })))
    }

    /// The clusters that the rule names for the file.
    fn ruled(&self, path: &Path, rule: &Rule) -> Result<Vec<ClusterName>, ChangeFailure> {
        match rule.clusters_of(&within(self.project.root(), path)?) {
            [] => Err(ChangeFailure::PerCluster),
            clusters => Ok(clusters.to_vec()),
        }
    }

    fn cluster_of(&self, key: &str, ruled: &[ClusterName]) -> Option<ClusterName> {
        self.project.cluster_with(key, self.trust.trusted(), ruled).cloned()
    }
}

/// The changes that seal the same values for these recipients.
pub(crate) fn changes(
    object: &SealedObject,
    recipients: &[Recipient],
    keys: &OpeningKeys,
) -> Result<Vec<Change>, ChangeFailure> {
    let to = RecipientKeys::of(recipients)?;
    let changed = keys.with(|keys| {
        to.with(|to| change_recipients(&mut SysRng, &object.metadata, &object.spec, keys, to))
    })?;
    if let Some(text) = &changed.recipients {
        let mut whole = object.object.clone();
        whole["metadata"]["annotations"][RECIPIENTS] = json!(text);
        warn_of_size(&object.location, &whole);
    }
    let hint = sealed_with_one(to.first().fingerprint().to_string());
    let entries = SealedField::Annotation(RECIPIENTS).set_or_remove(changed.recipients);
    let items = changed.encrypted_data.into_iter().map(|(name, item)| SealedField::Item(&name).set(item));
    Ok(items.chain(hint).chain([entries]).collect())
}
