//! [`Form`]: which Secret `create` builds, and where each of its values comes from.

use crate::commands::create::usage_error::CreateUsage;
use crate::manifest::names::is_object_name;
use crate::settings::flag_value::{path_of, text};
use crate::settings::sensitive::Sensitive;
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The flags for single values.
#[derive(Debug, Default, Args)]
pub(crate) struct ValueFlags {
    /// A value on the command line; it gets into your shell's history, so prefer --prompt.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Values")]
    pub from_literal: Vec<Sensitive>,

    /// A value from a file, under the file's name or KEY; of a directory, every file in it.
    #[arg(long, value_name = "[KEY=]PATH", help_heading = "Values")]
    pub from_file: Vec<String>,

    /// Values from a file of KEY=VALUE lines; KEY alone takes its value from the environment.
    #[arg(long, value_name = "FILE", help_heading = "Values")]
    pub from_env_file: Vec<PathBuf>,

    /// Prompt for a value: typed without echo at a terminal, or one line of a pipe.
    #[arg(long, value_name = "KEY", help_heading = "Values")]
    pub prompt: Vec<String>,
}

/// The flags of `create docker-registry`.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "For create docker-registry")]
pub(crate) struct DockerFlags {
    /// Address of the registry (default: Docker Hub's).
    #[arg(id = "docker-server", long = "docker-server", value_name = "URL")]
    pub server: Option<String>,

    /// User name.
    #[arg(id = "docker-username", long = "docker-username", value_name = "USER")]
    pub username: Option<String>,

    /// Password; better left out: then there is a prompt for it.
    #[arg(id = "docker-password", long = "docker-password", value_name = "PASSWORD")]
    pub password: Option<Sensitive>,

    /// Email address; no registry uses it any more.
    #[arg(id = "docker-email", long = "docker-email", value_name = "EMAIL")]
    pub email: Option<String>,
}

impl DockerFlags {
    /// Whether one of them is given.
    pub(crate) fn is_any(&self) -> bool {
        self.server.is_some() || self.username.is_some() || self.password.is_some() || self.email.is_some()
    }
}

/// The flags of `create tls`.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "For create tls")]
pub(crate) struct TlsFlags {
    /// TLS certificate for the Secret, PEM; --cert is the certificate to seal with.
    #[arg(long, value_name = "FILE")]
    pub cert_file: Option<PathBuf>,

    /// Private key for the Secret, PEM.
    #[arg(long, visible_alias = "key", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

/// The kinds of Secrets, as kubectl has them.
#[derive(Debug)]
pub(crate) enum Form {
    /// Any keys and values.
    Generic(ValueSources),
    /// A registry login.
    DockerRegistry(RegistryLogin),
    /// Registry logins, in a file that docker wrote.
    DockerConfig(PathBuf),
    /// A certificate and its private key.
    Tls { certificate: PathBuf, key: PathBuf },
}

/// Where the values of a generic Secret come from.
#[derive(Debug, Default)]
pub(crate) struct ValueSources {
    /// Keys and values on the command line.
    pub literals: Vec<(String, Sensitive)>,
    /// Files, and directories of files; under this key, else under their names.
    pub paths: Vec<(Option<String>, PathBuf)>,
    /// Files with lines `KEY=VALUE`.
    pub env_files: Vec<PathBuf>,
    /// Keys of values from the terminal, or from standard input.
    pub prompts: Vec<String>,
}

/// A registry login.
#[derive(Debug)]
pub(crate) struct RegistryLogin {
    pub server: String,
    pub username: String,
    /// None prompts the user.
    pub password: Option<Sensitive>,
    pub email: Option<String>,
}

/// The key of a Secret that holds registry logins.
pub(crate) const DOCKER_CONFIG_KEY: &str = ".dockerconfigjson";

/// The server of a login without one.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// Kind and name, from `[secret] [KIND] NAME`, as on kubectl's command line.
pub(crate) fn kind_and_name(words: &[String]) -> Result<(&str, String), CreateUsage> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = match words.as_slice() {
        ["secret", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let (kind, name) = match words {
        [] | ["generic" | "docker-registry" | "tls"] => return Err(CreateUsage::NoName),
        [kind @ ("generic" | "docker-registry" | "tls"), name] => (*kind, *name),
        [name] => ("generic", *name),
        [_, second, ..] => return Err(CreateUsage::Word((*second).to_owned())),
    };
    if is_object_name(name) { Ok((kind, name.to_owned())) } else { Err(CreateUsage::Name(name.to_owned())) }
}

impl ValueSources {
    fn from_args(flags: ValueFlags) -> Result<Self, CreateUsage> {
        let mut sources = Self { env_files: flags.from_env_file, prompts: flags.prompt, ..Self::default() };
        for (index, literal) in flags.from_literal.iter().enumerate() {
            match literal.expose().split_once('=') {
                Some((key, value)) if !key.is_empty() => {
                    sources.literals.push((key.to_owned(), value.parse().unwrap_or_default()));
                }
                // Not shown: it may be the value.
                _ => return Err(CreateUsage::Literal(index + 1)),
            }
        }
        for source in flags.from_file {
            sources.paths.push(match source.split('=').collect::<Vec<_>>().as_slice() {
                [path] if !path.is_empty() => (None, path.into()),
                [key, path] if !key.is_empty() && !path.is_empty() => (Some((*key).to_owned()), path.into()),
                _ => return Err(CreateUsage::FromFile(source)),
            });
        }
        Ok(sources)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.is_empty_but_for_paths()
    }

    fn is_empty_but_for_paths(&self) -> bool {
        self.literals.is_empty() && self.env_files.is_empty() && self.prompts.is_empty()
    }
}

/// The form of this kind, filled from the flags.
pub(crate) fn form(
    kind: &str,
    values: ValueFlags,
    docker: DockerFlags,
    tls: TlsFlags,
) -> Result<Form, CreateUsage> {
    let values = ValueSources::from_args(values)?;
    let for_docker = docker.is_any();
    let for_tls = tls.cert_file.is_some() || tls.key_file.is_some();
    let only = |flags, kind| Err(CreateUsage::OtherKind { flags, kind });
    match kind {
        "docker-registry" if !for_docker && !for_tls && is_one_file(&values) => docker_config(values),
        "docker-registry" | "tls" if !values.is_empty() => only("flags for single values", "generic"),
        "tls" | "generic" if for_docker => only("--docker-…", "docker-registry"),
        "docker-registry" | "generic" if for_tls => only("--cert-file and --key-file", "tls"),
        "docker-registry" => Ok(Form::DockerRegistry(RegistryLogin {
            server: text(docker.server).unwrap_or_else(|| DOCKER_HUB.into()),
            username: text(docker.username).ok_or(CreateUsage::NoUsername)?,
            password: docker.password.filter(|password| !password.expose().is_empty()),
            email: text(docker.email),
        })),
        "tls" => Ok(Form::Tls {
            certificate: path_of(tls.cert_file).ok_or(CreateUsage::NoTlsFile("--cert-file"))?,
            key: path_of(tls.key_file).ok_or(CreateUsage::NoTlsFile("--key-file"))?,
        }),
        _ => Ok(Form::Generic(values)),
    }
}

fn is_one_file(values: &ValueSources) -> bool {
    values.paths.len() == 1 && values.is_empty_but_for_paths()
}

/// A Secret with docker's file, as kubectl makes it; the API server accepts no other key.
fn docker_config(values: ValueSources) -> Result<Form, CreateUsage> {
    match values.paths.into_iter().next() {
        Some((key, path)) if key.as_deref().is_none_or(|key| key == DOCKER_CONFIG_KEY) => {
            Ok(Form::DockerConfig(path))
        }
        _ => Err(CreateUsage::DockerConfigKey),
    }
}

pub(crate) fn pairs(flag: &'static str, typed: Vec<String>) -> Result<BTreeMap<String, String>, CreateUsage> {
    typed
        .into_iter()
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
            _ => Err(CreateUsage::Pair(flag, pair)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Result<(String, String), CreateUsage> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        kind_and_name(&words).map(|(kind, name)| (kind.to_owned(), name))
    }

    #[test]
    fn kinds_may_be_left_out_and_kubectls_words_stay() {
        let sound = |kind: &str, name: &str| Ok((kind.to_owned(), name.to_owned()));
        assert_eq!(words(&["db"]), sound("generic", "db"));
        assert_eq!(words(&["secret", "generic", "db"]), sound("generic", "db"));
        assert_eq!(words(&["tls", "web"]), sound("tls", "web"));
        assert_eq!(words(&["generic", "tls"]), sound("generic", "tls"));
        assert_eq!(words(&["secret"]), sound("generic", "secret"));
        assert_eq!(words(&["tls"]), Err(CreateUsage::NoName));
        assert_eq!(words(&[]), Err(CreateUsage::NoName));
        assert_eq!(words(&["db", "cache"]), Err(CreateUsage::Word("cache".into())));
        assert_eq!(words(&["Db"]), Err(CreateUsage::Name("Db".into())));
    }

    #[test]
    fn a_literal_that_is_none_is_not_shown() {
        let flags = ValueFlags { from_literal: vec!["hunter2".parse().unwrap()], ..ValueFlags::default() };
        let error = ValueSources::from_args(flags).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
