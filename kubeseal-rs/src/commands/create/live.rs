//! `create --from-live`: seals a Secret that is in the cluster. With `--adopt`, it is handed over to the controller.
//!
//! `secret` reads it and hands it over, `content` says what of it is sealed, `error` why it was not.
//!
//! Decided: the annotation that hands it over is set after the SealedSecret is written, because without it the SealedSecret changes nothing,
//! and the Secret is never absent: the controller replaces its content and keeps the object.

pub(crate) mod content;
pub(crate) mod error;
pub(crate) mod secret;

use crate::commands::common::annotations::check_annotations;
use crate::commands::common::seal_for::existing_output::Template;
use crate::commands::common::seal_for::plan::SealPlan;
use crate::commands::create::error::CreateError;
use crate::commands::create::live::content::{check, made_by, to_seal};
use crate::commands::create::live::secret::LiveSecret;
use crate::error::CommandError;
use crate::settings::flag_value::Format;
use crate::terminal::warnings::{alert, note};
use api::Scope;
use std::collections::BTreeSet;

/// How a live Secret is sealed.
pub(crate) struct FromLive<'a> {
    pub scope: Option<Scope>,
    pub format: Option<Format>,
    pub is_adopted: bool,
    pub overwrite: bool,
    pub allow_empty_data: bool,
    pub allowed_annotations: &'a [String],
}

impl FromLive<'_> {
    /// Seals the Secret by the plan.
    pub(crate) fn seal(&self, mut live: LiveSecret, plan: &SealPlan) -> Result<(), CommandError> {
        check(&live.secret, self.is_adopted)?;
        if self.is_adopted {
            live.check_no_sealed_secret()?;
        }
        let manager = made_by(&live.secret);
        // The metadata stays in `live`, which is handed over by its uid.
        let metadata = live.secret.metadata.clone();
        let mut secret = to_seal(std::mem::take(&mut live.secret));
        live.secret.metadata = metadata;
        if secret.data.is_empty() && !self.allow_empty_data {
            return Err(CreateError::NoData.into());
        }
        let stated = Scope::of(secret.metadata.annotations.as_ref());
        if let Some(scope) = plan.scope(self.scope, "the Secret", stated)? {
            scope.annotate(secret.metadata.annotations.get_or_insert_default());
        }
        secret.metadata.annotations =
            secret.metadata.annotations.filter(|annotations| !annotations.is_empty());
        let annotations = secret.metadata.annotations.iter().flatten();
        check_annotations(annotations, &secret.data, self.allowed_annotations)
            .map_err(CreateError::Annotation)?;
        if !self.overwrite {
            plan.check_scope(Scope::of(secret.metadata.annotations.as_ref()))?;
            let type_ = secret.type_.as_deref();
            let template = Template { metadata: &secret.metadata, type_, immutable: secret.immutable };
            let keys: BTreeSet<&str> = secret.data.keys().map(String::as_str).collect();
            plan.check_outputs(&[(template, keys)])?;
        }
        plan.write(&[&secret], self.format)?;
        if self.is_adopted {
            live.adopt()?;
            note(
                "the Secret is handed over: once the SealedSecret is applied, the controller manages it, and deletes it with the SealedSecret",
            );
        }
        if let Some(manager) = manager {
            alert(manager);
        }
        Ok(())
    }
}
