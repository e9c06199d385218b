//! Which configuration the flags make, and which flags are refused.

use super::*;
use crate::config::election::LeaseTerms;
use crate::config::keys::Renewal;
use crate::config::listen_address::ListenAddress;
use crate::config::watch::Namespaces;
use envelope::KeySize;
use jiff::{SignedDuration, Timestamp};
use sealing::KeyOrder;
use tracing::level_filters::LevelFilter;

fn config(arguments: &[&str]) -> Result<Config, ConfigError> {
    Config::from_cli(Cli::read(["controller"].iter().chain(arguments), |_| None).unwrap())
}

#[test]
fn defaults_are_upstreams() {
    let config = config(&[]).unwrap();
    assert_eq!(config.http.listen, ListenAddress { host: None, port: 8080 });
    assert_eq!(config.http.metrics_listen, ListenAddress { host: None, port: 8081 });
    assert_eq!(config.keys.new.prefix, "sealed-secrets-key");
    assert_eq!(config.keys.new.size.bits(), 4096);
    assert_eq!(config.keys.new.ttl, SignedDuration::from_hours(87_600));
    assert_eq!(config.keys.order, KeyOrder::CertNotBefore);
    let period = Some(SignedDuration::from_hours(720));
    assert_eq!(config.keys.renewal, Renewal { period, cutoff: None });
    assert_eq!(config.keys.publish_delay, SignedDuration::ZERO);
    assert_eq!(config.logging, Logging { level: LevelFilter::INFO, json: false, info_to_stdout: true });
    assert_eq!(config.watch.namespaces, Namespaces::All);
    let templates = Templates::from_flags(crate::cli::unseal_flags::OnOff::On, "");
    let unseal =
        Unseal { deprecated_data: true, status: true, correct_drift: true, delete_secrets: false, templates };
    assert_eq!(config.unseal, unseal);
}

#[test]
fn namespaces() {
    let of = |arguments: &[&str]| config(arguments).unwrap().watch.namespaces;
    let own_and = |names: &[&str]| Namespaces::OwnAnd(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(of(&["--all-namespaces=false"]), own_and(&[]));
    assert_eq!(of(&["--additional-namespaces=a, b,a,"]), own_and(&["a", "b"]));
    assert_eq!(of(&["--all-namespaces=false", "--additional-namespaces=a"]), own_and(&["a"]));
}

#[test]
fn renewal() {
    let of = |arguments: &[&str]| config(arguments).unwrap().keys.renewal;
    assert_eq!(of(&["--key-renew-period=0"]).period, None);
    assert_eq!(of(&["--key-renew-period=1h30m"]).period, Some(SignedDuration::from_mins(90)));
    assert_eq!(of(&["--rotate-period=1h"]).period, Some(SignedDuration::from_hours(1)));
    let cutoff = of(&["--key-cutoff-time=Mon, 02 Jan 2006 15:04:05 -0700"]).cutoff;
    assert_eq!(cutoff, Some(Timestamp::from_second(1_136_239_445).unwrap()));
}

#[test]
fn shutdown_delay() {
    let of = |arguments: &[&str]| config(arguments).unwrap().http.shutdown_delay;
    assert_eq!(of(&[]), std::time::Duration::from_secs(5));
    assert_eq!(of(&["--shutdown-delay-duration=0"]), std::time::Duration::ZERO);
    assert_eq!(of(&["--shutdown-delay-duration=1m"]), std::time::Duration::from_mins(1));
}

#[test]
fn election() {
    let of = |arguments: &[&str]| config(arguments).unwrap().election;
    let LeaderElection::WherePermitted(terms) = of(&[]) else { panic!("not where permitted") };
    let seconds = |seconds| std::time::Duration::from_secs(seconds);
    let name = "sealed-secrets-controller".to_owned();
    let expected = LeaseTerms { name, duration: seconds(15), deadline: seconds(10), retry: seconds(2) };
    assert_eq!(terms, expected);
    assert_eq!(of(&["--leader-elect"]), LeaderElection::Always(terms.clone()));
    assert_eq!(of(&["--leader-elect=F"]), LeaderElection::Off);
    let name = |arguments: &[&str]| match of(arguments) {
        LeaderElection::WherePermitted(terms) => terms.name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(&["--leader-elect-resource-name=mine"]), "mine");
    // Controllers that are not replicas of each other have different Leases; replicas have the same one.
    let mut special = ["--key-prefix=mine", "--label-selector=a=b", "--all-namespaces=false"]
        .map(|argument| name(&[argument]))
        .to_vec();
    assert_eq!(special[0], name(&["--key-prefix=mine", "--key-ttl=1h"]));
    special.push(terms.name);
    special.sort();
    special.dedup();
    assert_eq!(special.len(), 4, "{special:?}");
}

#[test]
fn refuses_what_cannot_be_meant() {
    let cases = [
        ("--key-size=0", ConfigError::KeySize),
        ("--key-size=8193", ConfigError::KeySize),
        ("--key-ttl=0s", ConfigError::NotPositive("key-ttl")),
        ("--key-publish-delay=-1s", ConfigError::Negative("key-publish-delay")),
        ("--shutdown-delay-duration=-1s", ConfigError::Negative("shutdown-delay-duration")),
        ("--key-prefix=Keys_", ConfigError::KeyPrefix),
        ("--key-cutoff-time=yesterday", ConfigError::Cutoff),
        ("--privatekey-labels=a", ConfigError::Pairs("privatekey-labels")),
        ("--listen-metrics-addr=8081", ConfigError::ListenAddress("listen-metrics-addr")),
        ("--rate-limit=0", ConfigError::RateLimit),
        ("--rate-limit-burst=-1", ConfigError::RateLimitBurst),
        ("--leader-elect-renew-deadline=15s", ConfigError::LeaseTerms),
        ("--leader-elect-retry-period=10s", ConfigError::LeaseTerms),
        ("--leader-elect-resource-name=Mine", ConfigError::LeaseName),
    ];
    for (argument, expected) in cases {
        assert_eq!(config(&[argument]).unwrap_err(), expected, "{argument}");
    }
}

#[test]
fn values_that_upstream_reads_differently_are_warned_about() {
    let warnings = |argument: &str| config(&[argument]).unwrap().warnings;
    assert_eq!(warnings("--key-size=3000"), [ConfigWarning::KeySize(3000, KeySize::Rsa3072)]);
    assert_eq!(warnings("--key-size=6144"), [ConfigWarning::KeySize(6144, KeySize::Rsa8192)]);
    assert_eq!(warnings("--key-order-priority=size"), [ConfigWarning::KeyOrder]);
    assert_eq!(warnings("--log-level=LOUD"), [ConfigWarning::LogLevel]);
    assert_eq!(warnings("--log-format=xml"), [ConfigWarning::LogFormat]);
    assert_eq!(warnings("serve"), [ConfigWarning::Ignored("serve".into())]);
    for silent in ["--key-size=3072", "--log-level=warn", "--read-timeout=-1s", "--kubeclient-burst=-1"] {
        assert_eq!(warnings(silent), [], "{silent}");
    }
    let config = config(&["--key-size=6144", "--key-order-priority=size", "--log-format=xml"]).unwrap();
    assert_eq!((config.keys.new.size, config.keys.order), (KeySize::Rsa8192, KeyOrder::CertNotBefore));
    assert!(!config.logging.json);
}
