//! [`Task`]: the mode that upstream's flags choose, with everything that it needs. Contradictory flags are refused
//! here.

use crate::certificate::CertificateSource;
use crate::cluster::Cluster;
use crate::commands::common::seal_for::item_sealer::{ItemKeys, KeyedFile};
use crate::commands::common::settle::SealSettings;
use crate::commands::upstream::flags::UpstreamFlags;
use crate::commands::upstream::mode::Mode;
use crate::commands::upstream::no_effect::warn_of_no_effect;
use crate::controller::address::ControllerAddress;
use crate::error::CommandError;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::key_store::recovery_keys::RecoveryKeys;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value::{self, Format, input, is_namespace, path_of, text, texts};
use crate::settings::usage_error::UsageError;
use crate::target;
use crate::target::namespace::NamespaceRule;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::warn;
use api::Scope;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(crate) enum Task {
    FetchCert { certificate: CertificateSource, output: Output },
    Raw(Raw),
    Seal(Seal),
    RecoveryUnseal(RecoveryUnseal),
    Validate(Validate),
    ReEncrypt(ReEncrypt),
    MergeInto(MergeInto),
}

/// Seals one bare value.
#[derive(Debug)]
pub(crate) struct Raw {
    pub certificate: CertificateSource,
    pub value: Input,
    pub scope: Scope,
    /// Empty where the scope does not bind to a name.
    pub name: String,
    pub namespace: NamespaceRule,
    pub output: Output,
}

/// Seals whole Secrets.
#[derive(Debug)]
pub(crate) struct Seal {
    pub certificate: CertificateSource,
    pub secrets: Input,
    pub settings: SealSettings,
    pub format: Format,
    pub output: Output,
}

/// Opens SealedSecrets with private keys from files.
#[derive(Debug)]
pub(crate) struct RecoveryUnseal {
    pub keys: RecoveryKeys,
    pub sealed: Input,
    /// The namespace of SealedSecrets that have none.
    pub namespace: Option<String>,
    pub format: Format,
    pub output: Output,
}

/// Checks through the controller whether SealedSecrets open.
#[derive(Debug)]
pub(crate) struct Validate {
    pub controller: ControllerAddress,
    pub sealed: Input,
    /// The namespace of SealedSecrets that have none.
    pub namespace: Option<String>,
}

/// Has SealedSecrets resealed by the controller.
#[derive(Debug)]
pub(crate) struct ReEncrypt {
    pub controller: ControllerAddress,
    pub sealed: Input,
    /// The namespace of SealedSecrets that name none; it is not written into them.
    pub namespace: Option<String>,
    pub format: Format,
    /// None leaves it to the input: a file is changed in place.
    pub output: Option<Output>,
}

/// Seals values into a SealedSecret that is in a file.
#[derive(Debug)]
pub(crate) struct MergeInto {
    /// Files with SealedSecrets; at least one. All of them are changed, or none.
    pub targets: Vec<KeyedFile>,
    pub secret: Input,
    /// None if no flag states one.
    pub scope: Option<Scope>,
    /// Whether the user typed the default scope, which has no effect.
    pub is_default_typed: bool,
    pub namespace: NamespaceRule,
    pub allow_empty_data: bool,
    /// Names of annotations that may repeat a value.
    pub allowed_annotations: Vec<String>,
    /// The value of `--sealed-secret-file`, which has no effect.
    pub elsewhere: Option<PathBuf>,
    /// The value of `--format`, which has no effect.
    pub format: Option<Format>,
}

impl Task {
    /// The task that the flags choose.
    pub(crate) fn from_args(
        flags: UpstreamFlags,
        certificate: CertificateFlags,
        connection: ConnectionFlags,
    ) -> Result<Self, CommandError> {
        let from_file = texts(flags.from_file.clone());
        if flags.raw != Some(true) && !from_file.is_empty() {
            return Err(UsageError::FromFileWithoutRaw.into());
        }
        let mode = Mode::from_args(&flags, certificate.offline == Some(true))?;
        warn_of_no_effect(mode, &flags);
        let cluster = Cluster::from_args(connection)?;
        let file = path_of(flags.sealed_secret_file);
        let stated_format = flags.format.map(format).transpose()?;
        let format = if file.as_deref().is_some_and(is_yaml) {
            Format::Yaml
        } else {
            stated_format.unwrap_or_default()
        };
        if let (Some(Format::Json), Some(file)) = (stated_format, &file)
            && format == Format::Yaml
            && flags.typed.contains("format")
            && matches!(mode, Mode::Seal | Mode::ReEncrypt | Mode::RecoveryUnseal)
        {
            warn(format_args!("--format has no effect: {} gets YAML, as its name says", shown_path(file)));
        }
        let namespace = text(flags.namespace);
        if matches!(mode, Mode::Validate | Mode::ReEncrypt | Mode::RecoveryUnseal)
            && let Some(name) = namespace.as_deref().filter(|name| !is_namespace(name))
        {
            return Err(UsageError::Namespace(name.to_owned()).into());
        }
        let controller = target::controller(&certificate, &cluster);
        // As in upstream's kubeseal: the default, even if it is typed, leaves annotations unchanged.
        let stated_scope = flags.scope.filter(|scope| *scope != Scope::default());
        let is_default_typed = stated_scope.is_none() && flags.typed.contains("scope");
        let allow_empty_data = flags.allow_empty_data == Some(true);
        let allowed_annotations = texts(flags.allow_annotation);
        let input = input(path_of(flags.secret_file));
        let certificate = |controller| target::certificate_source(certificate, controller);
        let rule = |namespace| NamespaceRule::new(namespace, cluster.clone());
        Ok(match mode {
            Mode::Validate => Self::Validate(Validate { controller, sealed: input, namespace }),
            Mode::ReEncrypt => {
                let output = file.map(Output::File);
                Self::ReEncrypt(ReEncrypt { controller, sealed: input, namespace, format, output })
            }
            Mode::RecoveryUnseal => Self::RecoveryUnseal(RecoveryUnseal {
                keys: RecoveryKeys::from_args(flags.recovery.recovery_private_key, flags.recovery.unlock),
                sealed: input,
                namespace,
                format,
                output: Output::to(file),
            }),
            Mode::MergeInto => Self::MergeInto(MergeInto {
                targets: vec![KeyedFile {
                    file: flags.merge_into.unwrap_or_default(),
                    keys: ItemKeys::Chosen(certificate(controller)?),
                }],
                secret: input,
                scope: stated_scope,
                is_default_typed,
                namespace: rule(namespace),
                allow_empty_data,
                allowed_annotations,
                elsewhere: file,
                format: stated_format,
            }),
            Mode::FetchCert => {
                Self::FetchCert { certificate: certificate(controller)?, output: Output::to(file) }
            }
            Mode::Raw => {
                let certificate = certificate(controller)?;
                let (scope, name) = (flags.scope.unwrap_or_default(), text(flags.name));
                if scope == Scope::Strict && name.is_none() {
                    return Err(UsageError::RawWithoutName(scope).into());
                }
                if input != Input::Stdin {
                    return Err(UsageError::RawWithSecretFile.into());
                }
                Self::Raw(Raw {
                    certificate,
                    value: raw_value(from_file)?,
                    scope,
                    name: name.unwrap_or_default(),
                    namespace: rule(namespace),
                    output: Output::to(file),
                })
            }
            Mode::Seal => Self::Seal(Seal {
                certificate: certificate(controller)?,
                secrets: input,
                settings: SealSettings {
                    scope: stated_scope,
                    is_default_typed,
                    name: text(flags.name),
                    namespace: rule(namespace),
                    allow_empty_data,
                    allowed_annotations,
                },
                format,
                output: Output::to(file),
            }),
        })
    }
}

fn raw_value(mut from_file: Vec<String>) -> Result<Input, UsageError> {
    let Some(file) = from_file.pop() else {
        return Ok(Input::Stdin);
    };
    if !from_file.is_empty() {
        return Err(UsageError::SeveralFromFile);
    }
    // The key is kubectl's syntax and means nothing for a single value.
    let file = file.split_once('=').map_or(file.as_str(), |(_key, file)| file);
    Ok(Input::from(Some(PathBuf::from(file))))
}

fn format(text: String) -> Result<Format, UsageError> {
    flag_value::format(&text).map_err(|_| UsageError::Format(text))
}

fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
