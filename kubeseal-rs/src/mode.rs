//! [`Mode`]: what the command line means. Flags that contradict each other end here.

mod usage_error;

pub(crate) use usage_error::UsageError;

use crate::certificate::{CertificateSource, ControllerAddress};
use crate::cli::{CertificateFlags, Cli, ConnectionFlags, Format, Verb};
use crate::connection::Connection;
use crate::input::Input;
use crate::namespace::NamespaceRule;
use crate::output::Output;
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
    /// Print a completion script.
    Completion(clap_complete::Shell),
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
    pub format: Format,
    pub output: Output,
}

impl Mode {
    /// Works out what was meant.
    pub(crate) fn meant_by(cli: Cli) -> Result<Self, UsageError> {
        if cli.version == Some(true) {
            return Ok(Self::Version);
        }
        match cli.verb {
            Some(Verb::Completion(flags)) => return Ok(Self::Completion(flags.shell)),
            None => {}
        }
        if let Some(argument) = cli.rest.first() {
            return Err(UsageError::Argument(argument.to_string_lossy().into_owned()));
        }
        let from_file: Vec<String> = cli.from_file.into_iter().filter(|file| !file.is_empty()).collect();
        let raw = cli.raw == Some(true);
        let fetch_cert = cli.fetch_cert == Some(true);
        if !raw && !from_file.is_empty() {
            return Err(UsageError::FromFileWithoutRaw);
        }
        if raw && fetch_cert {
            return Err(UsageError::RawWithFetchCert);
        }

        let connection = Connection::meant_by(cli.connection);
        let certificate = CertificateSource::meant_by(cli.certificate, &connection)?;
        let namespace = NamespaceRule::new(text(cli.namespace), connection);
        let secret_file = path(cli.secret_file);
        let sealed_secret_file = path(cli.sealed_secret_file);
        let format = if sealed_secret_file.as_deref().is_some_and(is_yaml) {
            Format::Yaml
        } else {
            cli.format.unwrap_or_default()
        };
        let output = Output::to(sealed_secret_file);

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
            format,
            output,
        }))
    }
}

impl Connection {
    /// The cluster that the flags point to.
    pub(crate) fn meant_by(flags: ConnectionFlags) -> Self {
        Self { kubeconfig: path(flags.kubeconfig), context: text(flags.context) }
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
        Ok(Self::named(text(flags.cert), controller)?)
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

fn text(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

fn path(value: Option<PathBuf>) -> Option<PathBuf> {
    value.filter(|value| !value.as_os_str().is_empty())
}

fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(change: impl FnOnce(&mut Cli)) -> Result<Mode, UsageError> {
        let mut cli = Cli::default();
        change(&mut cli);
        Mode::meant_by(cli)
    }

    #[test]
    fn empty_values_are_not_given() {
        let mode = meant(|cli| {
            cli.certificate.cert = Some(String::new());
            cli.name = Some(String::new());
            cli.secret_file = Some("".into());
            cli.sealed_secret_file = Some("".into());
            cli.certificate.controller_name = Some(String::new());
            cli.from_file = vec![String::new()];
        });
        let Ok(Mode::Seal(seal)) = mode else { panic!("{mode:?}") };
        assert_eq!((seal.secrets, seal.output, seal.name), (Input::Stdin, Output::Stdout, None));
        let CertificateSource::Cluster(controller) = seal.certificate else { panic!() };
        assert_eq!(controller.name, CONTROLLER_NAME);
        assert_eq!(controller.namespace, CONTROLLER_NAMESPACE);
    }

    #[test]
    fn the_output_file_chooses_yaml_and_never_json() {
        for (file, format, expected) in [
            ("a.yaml", Some(Format::Json), Format::Yaml),
            ("a.yml", None, Format::Yaml),
            ("a.json", Some(Format::Yaml), Format::Yaml),
            ("a.json", None, Format::Json),
        ] {
            let mode = meant(|cli| {
                cli.sealed_secret_file = Some(file.into());
                cli.format = format;
            });
            let Ok(Mode::Seal(seal)) = mode else { panic!("{mode:?}") };
            assert_eq!(seal.format, expected, "{file}");
        }
    }

    #[test]
    fn strict_leaves_the_scope_to_the_annotations() {
        for (scope, expected) in
            [(None, None), (Some(Scope::Strict), None), (Some(Scope::ClusterWide), Some(Scope::ClusterWide))]
        {
            let mode = meant(|cli| cli.scope = scope);
            let Ok(Mode::Seal(seal)) = mode else { panic!("{mode:?}") };
            assert_eq!(seal.scope, expected);
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let raw = |change: fn(&mut Cli)| {
            meant(|cli| {
                cli.raw = Some(true);
                cli.name = Some("a".into());
                change(cli);
            })
            .unwrap_err()
        };
        assert_eq!(raw(|cli| cli.name = None), UsageError::RawWithoutName(Scope::Strict));
        assert_eq!(raw(|cli| cli.from_file = vec!["a".into(), "b".into()]), UsageError::SeveralFromFile);
        assert_eq!(raw(|cli| cli.secret_file = Some("a".into())), UsageError::RawWithSecretFile);
        assert_eq!(raw(|cli| cli.fetch_cert = Some(true)), UsageError::RawWithFetchCert);
        assert_eq!(raw(|cli| cli.rest = vec!["a".into()]), UsageError::Argument("a".into()));
        assert_eq!(
            meant(|cli| cli.from_file = vec!["a".into()]).unwrap_err(),
            UsageError::FromFileWithoutRaw
        );
    }

    #[test]
    fn the_key_before_a_file_is_dropped() {
        for (typed, file) in [("a", "a"), ("key=a", "a"), ("key=a=b", "a=b"), ("/dev/stdin", "/dev/stdin")] {
            assert_eq!(raw_value(None, vec![typed.into()]), Ok(Input::File(file.into())), "{typed}");
        }
    }
}
