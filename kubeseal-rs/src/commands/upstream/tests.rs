//! What upstream's flags mean, alone and together.

use crate::certificate::CertificateSource;
use crate::cli::Cli;
use crate::commands::upstream::task::{ReEncrypt, Seal, Task};
use crate::error::CommandError;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::settings::flag_value::Format;
use crate::settings::usage_error::UsageError;
use api::Scope;

fn task(change: impl FnOnce(&mut Cli)) -> Result<Task, CommandError> {
    let mut cli = Cli::default();
    change(&mut cli);
    Task::from_args(cli.upstream, cli.certificate, cli.connection)
}

fn seal(change: impl FnOnce(&mut Cli)) -> Seal {
    match task(change) {
        Ok(Task::Seal(seal)) => seal,
        other => panic!("{other:?}"),
    }
}

fn usage_error(change: impl FnOnce(&mut Cli)) -> UsageError {
    let error = task(change).unwrap_err();
    error.downcast_ref::<UsageError>().unwrap_or_else(|| panic!("{error:?}")).clone()
}

#[test]
fn empty_values_are_not_given() {
    let seal = seal(|cli| {
        cli.certificate.cert = Some(String::new());
        cli.upstream.name = Some(String::new());
        cli.upstream.secret_file = Some("".into());
        cli.upstream.sealed_secret_file = Some("".into());
        cli.certificate.controller_name = Some(String::new());
        cli.upstream.from_file = vec![String::new()];
    });
    assert_eq!((seal.secrets, seal.output, seal.settings.name), (Input::Stdin, Output::Stdout, None));
    let CertificateSource::Controller(controller) = seal.certificate else { panic!() };
    assert_eq!(controller.name, "sealed-secrets-controller");
    assert_eq!(controller.namespace, "kube-system");
}

#[test]
fn a_hyphen_is_standard_input() {
    for (file, expected) in [("-", Input::Stdin), ("./-", Input::File("./-".into()))] {
        assert_eq!(seal(|cli| cli.upstream.secret_file = Some(file.into())).secrets, expected);
    }
}

#[test]
fn the_output_file_chooses_yaml_and_never_json() {
    for (file, format, expected) in [
        ("a.yaml", Some("json"), Format::Yaml),
        ("a.yml", None, Format::Yaml),
        ("a.json", Some("YAML"), Format::Yaml),
        ("a.json", None, Format::Json),
    ] {
        let seal = seal(|cli| {
            cli.upstream.sealed_secret_file = Some(file.into());
            cli.upstream.format = format.map(str::to_owned);
        });
        assert_eq!(seal.format, expected, "{file}");
    }
}

#[test]
fn what_no_flag_of_upstreams_refuses_is_refused_here() {
    assert_eq!(usage_error(|cli| cli.upstream.format = Some("xml".into())), UsageError::Format("xml".into()));
    let soon = usage_error(|cli| cli.connection.request_timeout = Some("soon".into()));
    assert_eq!(soon, UsageError::RequestTimeout("soon".into()));
    for timeout in ["30s", ""] {
        assert!(task(|cli| cli.connection.request_timeout = Some(timeout.into())).is_ok());
    }
}

#[test]
fn strict_leaves_the_scope_to_the_annotations() {
    for (scope, expected) in
        [(None, None), (Some(Scope::Strict), None), (Some(Scope::ClusterWide), Some(Scope::ClusterWide))]
    {
        assert_eq!(seal(|cli| cli.upstream.scope = scope).settings.scope, expected);
    }
}

#[test]
fn contradictions_are_refused() {
    let raw = |change: fn(&mut Cli)| {
        usage_error(|cli| {
            cli.upstream.raw = Some(true);
            cli.upstream.name = Some("a".into());
            change(cli);
        })
    };
    assert_eq!(raw(|cli| cli.upstream.name = None), UsageError::RawWithoutName(Scope::Strict));
    assert_eq!(raw(|cli| cli.upstream.from_file = vec!["a".into(), "b".into()]), UsageError::SeveralFromFile);
    assert_eq!(raw(|cli| cli.upstream.secret_file = Some("a".into())), UsageError::RawWithSecretFile);
    assert_eq!(raw(|cli| cli.upstream.fetch_cert = Some(true)), UsageError::Exclude("--raw", "--fetch-cert"));
    let from_file = usage_error(|cli| cli.upstream.from_file = vec!["a".into()]);
    assert_eq!(from_file, UsageError::FromFileWithoutRaw);
    let error = Cli { rest: vec!["a".into()], ..Cli::default() }.run().unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&UsageError::Argument("a".into())));
}

#[test]
fn the_key_before_a_file_is_dropped() {
    for (typed, file) in [("a", "a"), ("key=a", "a"), ("key=a=b", "a=b"), ("/dev/stdin", "/dev/stdin")] {
        let raw = task(|cli| {
            cli.upstream.raw = Some(true);
            cli.upstream.name = Some("a".into());
            cli.upstream.from_file = vec![typed.into()];
        });
        let Ok(Task::Raw(raw)) = raw else { panic!("{raw:?}") };
        assert_eq!(raw.value, Input::File(file.into()), "{typed}");
    }
}

#[test]
fn jobs_exclude_each_other() {
    let exclude = |change: fn(&mut Cli)| {
        usage_error(|cli| {
            cli.upstream.re_encrypt = Some(true);
            change(cli);
        })
    };
    assert_eq!(
        exclude(|cli| cli.upstream.validate = Some(true)),
        UsageError::Exclude("--validate", "--re-encrypt")
    );
    assert_eq!(exclude(|cli| cli.upstream.raw = Some(true)), UsageError::Exclude("--re-encrypt", "--raw"));
    assert_eq!(
        exclude(|cli| cli.upstream.merge_into = Some("a".into())),
        UsageError::Exclude("--re-encrypt", "--merge-into")
    );
    assert_eq!(exclude(|cli| cli.certificate.offline = Some(true)), UsageError::Offline("--re-encrypt"));
    assert_eq!(usage_error(|cli| cli.upstream.recovery_unseal = Some(true)), UsageError::NoRecoveryKey);
}

#[test]
fn what_is_resealed_stays_in_its_file_unless_another_is_named() {
    let output = |change: fn(&mut Cli)| {
        let task = task(|cli| {
            cli.upstream.rotate = Some(true);
            cli.upstream.secret_file = Some("a.yaml".into());
            change(cli);
        });
        let Ok(Task::ReEncrypt(ReEncrypt { output, .. })) = task else { panic!("{task:?}") };
        output
    };
    assert_eq!(output(|_| {}), None);
    assert_eq!(
        output(|cli| cli.upstream.sealed_secret_file = Some("b".into())),
        Some(Output::File("b".into()))
    );
}

#[test]
fn offline_takes_the_cached_certificate_and_fetches_nothing() {
    let source = |cert: Option<&'static str>| {
        move |cli: &mut Cli| {
            cli.certificate.offline = Some(true);
            cli.certificate.cert = cert.map(Into::into);
        }
    };
    assert!(matches!(seal(source(None)).certificate, CertificateSource::Cache(_)));
    assert!(matches!(seal(source(Some("a.crt"))).certificate.plain(), CertificateSource::File(_)));
    assert_eq!(usage_error(source(Some("https://example.com"))), UsageError::OfflineWithUrl);
}
