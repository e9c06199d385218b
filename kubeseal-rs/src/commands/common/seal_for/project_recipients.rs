//! [`ProjectRecipients`]: the clusters of the project file that a file is sealed for.

use crate::commands::common::seal_for::annotation;
use crate::commands::common::seal_for::error::SealForError;
use crate::commands::common::seal_for::keys::RecipientKeys;
use crate::commands::common::written::Written;
use crate::files::output::Output;
use crate::manifest::sealed_secrets::SealedObject;
use crate::project::cluster_name::ClusterName;
use crate::project::key_id::KeyId;
use crate::project::recipient::Recipient;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::note;
use api::Scope;

/// The recipients, all of them trusted.
#[derive(Debug)]
pub(crate) struct ProjectRecipients {
    recipients: Vec<Recipient>,
    /// The keys that the file may name; None if the user named the clusters.
    accepted: Option<Vec<KeyId>>,
    /// The widest scope that a file may have.
    scope: Option<Scope>,
}

impl ProjectRecipients {
    pub(crate) fn new(recipients: Vec<Recipient>, accepted: Option<Vec<KeyId>>) -> Self {
        Self { recipients, accepted, scope: None }
    }

    /// These recipients, for files with no wider scope than the rule's.
    pub(crate) fn within(self, scope: Option<Scope>) -> Self {
        Self { scope, ..self }
    }

    pub(crate) fn keys(&self) -> Result<RecipientKeys, SealForError> {
        RecipientKeys::of(&self.recipients)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = ClusterName> {
        self.recipients.iter().map(|recipient| recipient.name.clone())
    }

    /// Refuses a SealedSecret with a wider scope than the rule's, and one with recipients that the rule does not name. Clusters that the user
    /// named are not compared.
    pub(crate) fn check(&self, object: &SealedObject) -> Result<(), SealForError> {
        let stated = object.scope();
        if let Some(rule) = self.scope.filter(|rule| stated.is_wider_than(*rule)) {
            return Err(SealForError::WiderScope { location: object.location.clone(), stated, rule });
        }
        match &self.accepted {
            Some(accepted) => annotation::check_known(object, accepted),
            None => annotation::read(object).map(drop),
        }
    }

    /// Prints for whom `what` was sealed.
    pub(crate) fn print(&self, what: &str) {
        note(format_args!("{what} is {}", self.words()));
    }

    /// Prints what was written to the output, and for whom.
    pub(crate) fn print_written(&self, output: &Output, written: &Written) {
        match output {
            Output::File(path) if !output.wrote(format_args!("{written}; {}", self.words())) => {
                self.print(&shown_path(path));
            }
            Output::File(_) => {}
            Output::Stdout => self.print("the output"),
        }
    }

    fn words(&self) -> String {
        let shown =
            self.recipients.iter().map(|Recipient { name, key }| format!("{name} ({})", key.id().short()));
        format!("sealed for {}", shown.collect::<Vec<_>>().join(", "))
    }
}
