//! What is meant by flags, alone and together.

use super::*;
use crate::cli::unlock_flags::UnlockFlags;
use crate::cli::verb::inspect::InspectFlags;
use crate::cli::verb::reseal::ResealFlags;

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
fn a_hyphen_is_standard_input() {
    for (file, expected) in [("-", Input::Stdin), ("./-", Input::File("./-".into()))] {
        let Ok(Mode::Seal(seal)) = meant(|cli| cli.secret_file = Some(file.into())) else { panic!("{file}") };
        assert_eq!(seal.secrets, expected);
        let flags = InspectFlags { files: vec![file.into()], ..InspectFlags::default() };
        assert_eq!(Inspect::meant_by(flags).unwrap().inputs, [expected]);
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
        let mode = meant(|cli| {
            cli.sealed_secret_file = Some(file.into());
            cli.format = format.map(str::to_owned);
        });
        let Ok(Mode::Seal(seal)) = mode else { panic!("{mode:?}") };
        assert_eq!(seal.format, expected, "{file}");
    }
}

#[test]
fn what_no_flag_of_upstreams_refuses_is_refused_here() {
    assert_eq!(meant(|cli| cli.format = Some("xml".into())).unwrap_err(), UsageError::Format("xml".into()));
    let timeout = |text: &str| meant(|cli| cli.connection.request_timeout = Some(text.into()));
    assert_eq!(timeout("soon").unwrap_err(), UsageError::RequestTimeout("soon".into()));
    assert!(timeout("30s").is_ok() && timeout("").is_ok());
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
    assert_eq!(raw(|cli| cli.fetch_cert = Some(true)), UsageError::Exclude("--raw", "--fetch-cert"));
    assert_eq!(raw(|cli| cli.rest = vec!["a".into()]), UsageError::Argument("a".into()));
    assert_eq!(meant(|cli| cli.from_file = vec!["a".into()]).unwrap_err(), UsageError::FromFileWithoutRaw);
}

#[test]
fn the_key_before_a_file_is_dropped() {
    for (typed, file) in [("a", "a"), ("key=a", "a"), ("key=a=b", "a=b"), ("/dev/stdin", "/dev/stdin")] {
        assert_eq!(raw_value(None, vec![typed.into()]), Ok(Input::File(file.into())), "{typed}");
    }
}

#[test]
fn jobs_exclude_each_other() {
    let exclude = |change: fn(&mut Cli)| {
        meant(|cli| {
            cli.re_encrypt = Some(true);
            change(cli);
        })
        .unwrap_err()
    };
    assert_eq!(exclude(|cli| cli.validate = Some(true)), UsageError::Exclude("--validate", "--re-encrypt"));
    assert_eq!(exclude(|cli| cli.raw = Some(true)), UsageError::Exclude("--re-encrypt", "--raw"));
    assert_eq!(
        exclude(|cli| cli.merge_into = Some("a".into())),
        UsageError::Exclude("--re-encrypt", "--merge-into")
    );
    assert_eq!(exclude(|cli| cli.certificate.offline = Some(true)), UsageError::Offline("--re-encrypt"));
    assert_eq!(meant(|cli| cli.recovery_unseal = Some(true)).unwrap_err(), UsageError::NoRecoveryKey);
}

#[test]
fn what_is_resealed_stays_in_its_file_unless_another_is_named() {
    let output = |change: fn(&mut Cli)| {
        let mode = meant(|cli| {
            cli.rotate = Some(true);
            cli.secret_file = Some("a.yaml".into());
            change(cli);
        });
        let Ok(Mode::ReEncrypt(re_encrypt)) = mode else { panic!("{mode:?}") };
        re_encrypt.output
    };
    assert_eq!(output(|_| {}), None);
    assert_eq!(output(|cli| cli.sealed_secret_file = Some("b".into())), Some(Output::File("b".into())));
}

#[test]
fn offline_and_live_exclude_each_other() {
    let flags = |offline: bool| InspectFlags {
        live: Some(true),
        certificate: CertificateFlags { offline: Some(offline), ..CertificateFlags::default() },
        ..InspectFlags::default()
    };
    assert!(Inspect::meant_by(flags(false)).is_ok());
    let error = Inspect::meant_by(flags(true)).unwrap_err();
    assert!(error.to_string().contains("--live") && error.to_string().contains("--offline"), "{error}");
}

#[test]
fn what_the_controller_reseals_is_held_against_its_own_certificate() {
    let source = |check: bool, keys: &[&str]| {
        let flags = ResealFlags {
            all: None,
            paths: Vec::new(),
            check: Some(check),
            recovery_private_key: keys.iter().map(Into::into).collect(),
            unlock: UnlockFlags::default(),
            namespace: None,
            certificate: CertificateFlags { cert: Some("a.crt".into()), ..CertificateFlags::default() },
            connection: ConnectionFlags::default(),
        };
        Reseal::meant_by(flags).unwrap().certificate
    };
    assert!(matches!(source(false, &[]), CertificateSource::Cluster(_)));
    assert!(matches!(source(true, &[]), CertificateSource::File(_)));
    assert!(matches!(source(false, &["a.key"]), CertificateSource::File(_)));
}

#[test]
fn offline_takes_what_is_kept_and_fetches_nothing() {
    let source = |cert: Option<&str>| {
        let mode = meant(|cli| {
            cli.certificate.offline = Some(true);
            cli.certificate.cert = cert.map(Into::into);
        })?;
        let Mode::Seal(seal) = mode else { panic!("{mode:?}") };
        Ok::<_, UsageError>(seal.certificate)
    };
    assert!(matches!(source(None), Ok(CertificateSource::Kept(_))));
    assert!(matches!(source(Some("a.crt")), Ok(CertificateSource::File(_))));
    assert_eq!(source(Some("https://example.com")).err(), Some(UsageError::OfflineWithUrl));
}
