//! `edit`: a SealedSecret in an editor, without a private key.
//!
//! `shown` writes the text that the editor opens, `scratch` stores and wipes it, `editor` runs the editor, `changes`
//! compares the saved text with the SealedSecret. No value is opened. `manifest::sealed_file` writes only the changes
//! into the file: every other byte stays.
//!
//! Decided: the editor shows a Secret, instead of a format of our own, because users know it, its rules are those of
//! sealing one, and errors in it have the same messages.

pub(crate) mod changes;
pub(crate) mod edit_again;
pub(crate) mod editor;
pub(crate) mod error;
pub(crate) mod scratch;
pub(crate) mod shown;
pub(crate) mod template_data;

use crate::commands::common::seal_for::annotation::warn_of_size;
use crate::commands::common::seal_for::item_sealer::KeyedFile;
use crate::commands::edit::changes::Sealer;
use crate::commands::edit::editor::Editor;
use crate::commands::edit::error::EditError;
use crate::commands::edit::scratch::Scratch;
use crate::commands::edit::template_data::template_data;
use crate::error::{CommandError, Context as _};
use crate::files::file_update::FileUpdate;
use crate::files::input::Input;
use crate::files::output::print_text;
use crate::files::output::replacement::directory;
use crate::manifest::error::ManifestError;
use crate::manifest::sealed_file::SealedFile;
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::secrets;
use crate::manifest::yaml::node::{YamlNode, YamlValue};
use crate::manifest::yaml::parse::parse;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value::{self, texts};
use crate::settings::recipient_flags::RecipientFlags;
use crate::target::Target;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use crate::terminal::warnings::is_quiet;
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use yaml_edit_in_place::Change;
use yaml_edit_in_place::split::documents;

/// The first part of `help edit`.
pub(crate) const LONG_ABOUT: &str = "Edit a SealedSecret in an editor, without a private key.\n\n\
    Opens $VISUAL, $EDITOR or vi on a Secret in which every sealed value is shown as <sealed>. Write a \
    value over it to seal that value; leave it to keep the sealed value, byte for byte; add and remove \
    lines. Labels, annotations, finalizers, the type, immutable and spec.template.data (shown as \
    templateData) can be changed as well. Name, namespace and scope cannot: the values are bound to \
    them. When the editor ends, only what you changed is changed in the file; comments, order and other \
    documents stay as they are.\n\n\
    The text that you edit is in a directory that only you can read, in memory if the system has a \
    directory for that ($XDG_RUNTIME_DIR, /dev/shm). It is overwritten and removed at the end, also \
    after an error. It never holds a value that was sealed before: only the controller can open those. \
    Keep your editor from writing copies elsewhere (vim: set directory, backupdir and undodir to \
    nothing).\n\n\
    If the repository has a project file (.sealed-secrets.yaml) with a rule for the file, new values are \
    sealed for the clusters of the rule; the others keep the recipients that they have.";

/// Edit a SealedSecret in an editor, without a private key.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  {0} edit sealed-secret.yaml\n  \
                       EDITOR='code --wait' {0} edit --cert cert.pem sealed-secret.yaml", name()))]
pub(crate) struct EditArgs {
    /// File with SealedSecrets, in YAML or JSON.
    pub file: PathBuf,

    /// Namespace of SealedSecrets without one (default: that of the kubeconfig context).
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace)]
    pub namespace: Option<String>,

    /// Keep the annotation of this name although it repeats a sealed value; may be repeated.
    #[arg(
        long,
        env = "SEALED_SECRETS_ALLOW_ANNOTATION",
        hide_env = true,
        value_delimiter = ',',
        value_name = "NAME"
    )]
    pub allow_annotation: Vec<String>,

    #[command(flatten)]
    pub recipients: RecipientFlags,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}

pub(crate) fn run(args: EditArgs) -> Result<(), CommandError> {
    let is_chosen = args.recipients.give_way_to(&args.certificate);
    let path = args.file.as_path();
    let project = args.recipients.without_recipients();
    let target =
        Target::resolve(args.certificate, args.connection, args.namespace, project, directory(path))?;
    let allowed_annotations = texts(args.allow_annotation);
    let (update, mut sealed) = read(path)?;
    // Before the editor opens, so that the user types nothing in vain.
    let keys = KeyedFile::one_of(path, &args.recipients, &target, is_chosen)?.keys;
    keys.check(sealed.objects()).context(format_args!("cannot change {}", shown_path(path)))?;
    let sealer = Sealer {
        items: &keys.sealer()?,
        namespace: &target.namespace,
        allowed_annotations: &allowed_annotations,
    };
    let shown = shown::text(path, sealed.objects()).map_err(EditError::Show)?;

    let changes = in_editor(&shown, sealed.objects(), &sealer)?;
    let is_changed = changes.iter().any(|changes| !changes.is_empty());
    if is_changed {
        for (index, changes) in changes.iter().enumerate() {
            sealed.edit(index, changes).context(format_args!("cannot change {}", shown_path(path)))?;
        }
        for object in sealed.objects() {
            warn_of_size(&object.location, &object.object);
        }
        update
            .replace(sealed.text().as_bytes())
            .map_err(|source| EditError::File { path: path.to_owned(), source })?;
        keys.print(&shown_path(path));
    }
    if !is_quiet() {
        let words = if is_changed { "changed" } else { "nothing was changed" };
        print_text(&format!("{}: {words}\n", shown_path(path)))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<(FileUpdate, SealedFile), CommandError> {
    let refuse = |source| EditError::File { path: path.to_owned(), source };
    let update = FileUpdate::read(path).map_err(refuse)?;
    let text = update.text().map_err(refuse)?;
    let sealed = SealedFile::read(text).context(format_args!("cannot change {}", shown_path(path)))?;
    if sealed.objects().is_empty() {
        sealed.check_others().context(format_args!("cannot change {}", shown_path(path)))?;
        return Err(ManifestError::NothingSealed(Input::File(path.to_owned())).into());
    }
    update.can_be_replaced().map_err(refuse)?;
    Ok((update, sealed))
}

/// The changes that the user made in the editor, for each object. The text is wiped before this returns.
fn in_editor(
    shown: &str,
    objects: &[SealedObject],
    sealer: &Sealer<'_>,
) -> Result<Vec<Vec<Change>>, CommandError> {
    let mut editor = Editor::listening()?;
    let scratch = Scratch::with(shown.as_bytes())?;
    loop {
        editor.run(scratch.path())?;
        let saved = Input::File(scratch.path().to_owned());
        let bytes = fs::read(scratch.path()).map_err(EditError::Gone)?;
        let failure = match changes_in(&saved, &bytes, shown, objects, sealer) {
            Ok(changes) => return Ok(changes),
            Err(failure) => failure,
        };
        if !edit_again::edit_again(&mut editor, &failure)? {
            return Err(EditError::Discarded(Box::new(failure)).into());
        }
    }
}

fn changes_in(
    saved: &Input,
    bytes: &[u8],
    shown: &str,
    objects: &[SealedObject],
    sealer: &Sealer<'_>,
) -> Result<Vec<Vec<Change>>, CommandError> {
    if bytes == shown.as_bytes() {
        return Ok(Vec::new());
    }
    let secrets = secrets::read(saved, bytes)?;
    let template_data = template_data(saved, bytes)?;
    if let Some(key) = key_without_value(bytes) {
        return Err(EditError::NoValue(key).into());
    }
    // A List is one object with several Secrets, and is not shown in the editor.
    if let Some(after) =
        [secrets.len(), template_data.len()].into_iter().find(|count| *count != objects.len())
    {
        return Err(EditError::Count { before: objects.len(), after }.into());
    }
    let saved = secrets.into_iter().zip(template_data);
    objects
        .iter()
        .zip(saved)
        .map(|(object, (secret, template_data))| {
            let in_object =
                |source| EditError::Object { location: object.location.clone(), source: Box::new(source) };
            Ok(sealer.changes(object, secret, &template_data).map_err(in_object)?)
        })
        .collect()
}

/// The key of a value that was removed, which a Secret would hold as an empty one.
fn key_without_value(saved: &[u8]) -> Option<String> {
    let nodes =
        documents(std::str::from_utf8(saved).ok()?).into_iter().filter_map(|document| parse(document).ok());
    nodes.flatten().find_map(|node| {
        let values = ["data", "stringData"].into_iter().filter_map(|field| node.get(field));
        let mut entries = values.flat_map(YamlNode::entries);
        let (key, _) = entries.find(|(_, value)| matches!(value.value, YamlValue::Null))?;
        Some(key.to_owned())
    })
}

#[cfg(test)]
mod tests;
