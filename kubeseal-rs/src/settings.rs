//! [`Mode`]: what the command line means. Flags that contradict each other end here.

pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod guard;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod recovery;
pub(crate) mod reseal;
pub(crate) mod task;
pub(crate) mod usage_error;

use crate::certificate::CertificateSource;
use crate::cli::certificate_flags::CertificateFlags;
use crate::cli::connection_flags::ConnectionFlags;
use crate::cli::flag_value::is_namespace;
use crate::cli::verb::Verb;
use crate::cli::{Cli, Format, flag_value};
use crate::cluster::Connection;
use crate::cluster::overrides::Overrides;
use crate::controller::address::ControllerAddress;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::key_store::recovery_keys::RecoveryKeys;
use crate::settings::create::Create;
use crate::settings::edit::Edit;
use crate::settings::guard::Guard;
use crate::settings::inspect::Inspect;
use crate::settings::keys::Keys;
use crate::settings::namespace::NamespaceRule;
use crate::settings::reseal::Reseal;
use crate::settings::task::Task;
use crate::settings::usage_error::UsageError;
use api::Scope;
use std::path::{Path, PathBuf};

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Mode {
    /// Print the version.
    Version,
    /// Print the certificate.
    FetchCert(FetchCert),
    /// Seal one bare value.
    Raw(Raw),
    /// Seal whole Secrets.
    Seal(Seal),
    /// Open SealedSecrets with private keys at hand.
    RecoveryUnseal(RecoveryUnseal),
    /// Ask the controller whether SealedSecrets open.
    Validate(Validate),
    /// Have SealedSecrets resealed by the controller.
    ReEncrypt(ReEncrypt),
    /// Seal values into a SealedSecret that is there.
    MergeInto(MergeInto),
    /// Build a Secret and seal it.
    Create(Box<Create>),
    /// Find plaintext.
    Guard(Guard),
    /// Tell about SealedSecrets.
    Inspect(Box<Inspect>),
    /// Look after the keys of a cluster.
    Keys(Box<Keys>),
    /// Print a completion script.
    Completion(clap_complete::Shell),
    /// Edit SealedSecrets.
    Edit(Edit),
    /// Reseal what is sealed to older certificates.
    Reseal(Reseal),
}

/// How to print the certificate.
#[derive(Debug)]
pub(crate) struct FetchCert {
    pub certificate: CertificateSource,
    pub output: Output,
}

/// How to seal one bare value.
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

/// How to seal whole Secrets.
#[derive(Debug)]
pub(crate) struct Seal {
    pub certificate: CertificateSource,
    pub secrets: Input,
    /// None leaves the scope to the annotations of each Secret.
    pub scope: Option<Scope>,
    pub name: Option<String>,
    pub namespace: NamespaceRule,
    pub allow_empty_data: bool,
    /// Names of annotations that may repeat a value.
    pub allowed_annotations: Vec<String>,
    pub format: Format,
    pub output: Output,
}

/// How to open SealedSecrets with private keys at hand.
#[derive(Debug)]
pub(crate) struct RecoveryUnseal {
    pub keys: RecoveryKeys,
    pub sealed: Input,
    /// That of SealedSecrets which name none.
    pub namespace: Option<String>,
    pub format: Format,
    pub output: Output,
}

/// How to ask whether SealedSecrets open.
#[derive(Debug)]
pub(crate) struct Validate {
    pub controller: ControllerAddress,
    pub sealed: Input,
    /// That of SealedSecrets which name none.
    pub namespace: Option<String>,
}

/// How to have SealedSecrets resealed.
#[derive(Debug)]
pub(crate) struct ReEncrypt {
    pub controller: ControllerAddress,
    pub sealed: Input,
    /// That of SealedSecrets which name none; it is not written into them.
    pub namespace: Option<String>,
    pub format: Format,
    /// None leaves it to the input: a file is changed in place.
    pub output: Option<Output>,
}

/// How to seal values into a SealedSecret that is there.
#[derive(Debug)]
pub(crate) struct MergeInto {
    pub certificate: CertificateSource,
    pub secret: Input,
    pub file: PathBuf,
    /// None where no flag asks for one.
    pub scope: Option<Scope>,
    pub namespace: NamespaceRule,
    pub allow_empty_data: bool,
    /// Names of annotations that may repeat a value.
    pub allowed_annotations: Vec<String>,
    /// What was asked for, and is not to be had in place.
    pub elsewhere: Option<PathBuf>,
    pub format: Option<Format>,
}

impl Mode {
    /// Works out what was meant.
    pub(crate) fn meant_by(cli: Cli) -> Result<Self, UsageError> {
        if cli.version == Some(true) {
            return Ok(Self::Version);
        }
        match cli.verb {
            Some(verb) => Self::of_verb(verb),
            None => Self::of_flags(cli),
        }
    }

    fn of_verb(verb: Verb) -> Result<Self, UsageError> {
        Ok(match verb {
            Verb::Create(flags) => Self::Create(Box::new(Create::meant_by(*flags)?)),
            Verb::Guard(flags) => Self::Guard(Guard::meant_by(flags)),
            Verb::Inspect(flags) => Self::Inspect(Box::new(Inspect::meant_by(*flags)?)),
            Verb::Keys(flags) => Self::Keys(Box::new(Keys::meant_by(flags.verb)?)),
            Verb::Completion(flags) => Self::Completion(flags.shell),
            Verb::Edit(flags) => Self::Edit(Edit::meant_by(*flags)?),
            Verb::Reseal(flags) => Self::Reseal(Reseal::meant_by(*flags)?),
        })
    }

    /// What upstream's flags ask for, where no verb is named.
    fn of_flags(cli: Cli) -> Result<Self, UsageError> {
        if let Some(argument) = cli.rest.first() {
            return Err(UsageError::Argument(argument.to_string_lossy().into_owned()));
        }
        let from_file: Vec<String> = cli.from_file.iter().filter(|file| !file.is_empty()).cloned().collect();
        let raw = cli.raw == Some(true);
        let fetch_cert = cli.fetch_cert == Some(true);
        if !raw && !from_file.is_empty() {
            return Err(UsageError::FromFileWithoutRaw);
        }
        let task = Task::meant_by(&cli)?;
        let connection = Connection::meant_by(cli.connection)?;
        let secret_file = path(cli.secret_file).filter(|file| !is_stdin(file));
        let sealed_secret_file = path(cli.sealed_secret_file);
        let namespace = text(cli.namespace);
        let stated_format = cli.format.map(format).transpose()?;
        let format = if sealed_secret_file.as_deref().is_some_and(is_yaml) {
            Format::Yaml
        } else {
            stated_format.unwrap_or_default()
        };
        if matches!(task, Task::Validate | Task::ReEncrypt | Task::RecoveryUnseal)
            && let Some(name) = namespace.as_deref().filter(|name| !is_namespace(name))
        {
            return Err(UsageError::Namespace(name.to_owned()));
        }
        if matches!(task, Task::Validate | Task::ReEncrypt) {
            let CertificateFlags { controller_name, controller_namespace, .. } = cli.certificate;
            let controller = ControllerAddress::meant_by(controller_name, controller_namespace, &connection);
            let sealed = Input::from(secret_file);
            return Ok(if task == Task::Validate {
                Self::Validate(Validate { controller, sealed, namespace })
            } else {
                Self::ReEncrypt(ReEncrypt {
                    controller,
                    sealed,
                    namespace,
                    format,
                    output: sealed_secret_file.map(Output::File),
                })
            });
        }

        let output = Output::to(sealed_secret_file.clone());
        if task == Task::RecoveryUnseal {
            return Ok(Self::RecoveryUnseal(RecoveryUnseal {
                keys: RecoveryKeys::meant_by(cli.recovery_private_key, cli.unlock),
                sealed: Input::from(secret_file),
                namespace,
                format,
                output,
            }));
        }
        let certificate = CertificateSource::meant_by(cli.certificate, &connection)?;
        let namespace = NamespaceRule::new(namespace, connection);
        if let Some(file) = path(cli.merge_into) {
            return Ok(Self::MergeInto(MergeInto {
                certificate,
                secret: Input::from(secret_file),
                file,
                scope: cli.scope.filter(|scope| *scope != Scope::default()),
                namespace,
                allow_empty_data: cli.allow_empty_data == Some(true),
                allowed_annotations: texts(cli.allow_annotation),
                elsewhere: sealed_secret_file,
                format: stated_format,
            }));
        }
        if fetch_cert {
            return Ok(Self::FetchCert(FetchCert { certificate, output }));
        }
        if raw {
            let scope = cli.scope.unwrap_or_default();
            let name = text(cli.name);
            if scope == Scope::Strict && name.is_none() {
                return Err(UsageError::RawWithoutName(scope));
            }
            return Ok(Self::Raw(Raw {
                certificate,
                value: raw_value(secret_file.as_deref(), from_file)?,
                scope,
                name: name.unwrap_or_default(),
                namespace,
                output,
            }));
        }
        Ok(Self::Seal(Seal {
            certificate,
            secrets: Input::from(secret_file),
            // As upstream has it: the default, even where it was typed, leaves annotations as they are.
            scope: cli.scope.filter(|scope| *scope != Scope::default()),
            name: text(cli.name),
            namespace,
            allow_empty_data: cli.allow_empty_data == Some(true),
            allowed_annotations: texts(cli.allow_annotation),
            format,
            output,
        }))
    }
}

impl Connection {
    /// The cluster that the flags point to.
    pub(crate) fn meant_by(flags: ConnectionFlags) -> Result<Self, UsageError> {
        let (kubeconfig, context) = (path(flags.kubeconfig.clone()), text(flags.context.clone()));
        let overrides = Overrides::meant_by(flags).map_err(UsageError::RequestTimeout)?;
        Ok(Self::new(kubeconfig, context, overrides))
    }
}

impl ControllerAddress {
    /// The controller that the flags point to; upstream's names where they say nothing.
    pub(crate) fn meant_by(name: Option<String>, namespace: Option<String>, connection: &Connection) -> Self {
        Self {
            connection: connection.clone(),
            name: text(name).unwrap_or_else(|| CONTROLLER_NAME.into()),
            namespace: text(namespace).unwrap_or_else(|| CONTROLLER_NAMESPACE.into()),
        }
    }
}

impl CertificateSource {
    /// The certificate that the flags point to: a file, a URL, or the controller of the cluster.
    pub(crate) fn meant_by(flags: CertificateFlags, connection: &Connection) -> Result<Self, UsageError> {
        let controller =
            ControllerAddress::meant_by(flags.controller_name, flags.controller_namespace, connection);
        match (Self::named(text(flags.cert), controller)?, flags.offline == Some(true)) {
            (Self::Cluster(controller), true) => Ok(Self::Kept(controller)),
            (Self::Url(_), true) => Err(UsageError::OfflineWithUrl),
            (source, _) => Ok(source),
        }
    }
}

/// Where the controller is, unless flags say otherwise.
const CONTROLLER_NAME: &str = "sealed-secrets-controller";
const CONTROLLER_NAMESPACE: &str = "kube-system";

fn raw_value(secret_file: Option<&Path>, mut from_file: Vec<String>) -> Result<Input, UsageError> {
    if secret_file.is_some() {
        return Err(UsageError::RawWithSecretFile);
    }
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

/// As kubectl and most others have it; a file of this name is `./-`.
fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn text(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

fn texts(values: Vec<String>) -> Vec<String> {
    values.into_iter().filter(|value| !value.is_empty()).collect()
}

fn path(value: Option<PathBuf>) -> Option<PathBuf> {
    value.filter(|value| !value.as_os_str().is_empty())
}

fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

pub(crate) mod namespace;
#[cfg(test)]
mod tests;
