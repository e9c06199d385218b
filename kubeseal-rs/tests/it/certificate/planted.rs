//! Secrets that a user stored who may write Secrets, and has no right at the key management service: they are not taken for the controller's new key, and
//! nothing is sealed to them.

use super::laptop::Laptop;
use crate::support::certificates::{fingerprint, pem, serving};
use crate::support::key_lines::{LABELLED, LEGACY, changed, list, newer};
use crate::support::server::{Line, Server};
use crate::support::wrapped::{fixture_wrapped, wrapped};
use serde_json::Value;

/// The controller's key and the one that it makes are wrapped. A request for renewal may be patched to the Secret of the former.
fn lines(lists: &[&[Value]]) -> Vec<Line> {
    let patched = ("/secrets/sealed-secrets-keywrapped?", 200, changed().2);
    let mut lines: Vec<Line> = lists.iter().map(|keys| (LABELLED, 200, list(keys))).collect();
    lines.extend([(LEGACY, 200, list(&[])), patched]);
    lines
}

/// A key that is newer than every other one: its Secret, with the private half wrapped or in plain, and its certificate.
fn stored(name: &str, is_wrapped: bool) -> (Value, String) {
    let (mut plain, certificate) = newer();
    plain["metadata"]["name"] = name.into();
    let secret = if is_wrapped { wrapped(&plain, name, "wrapped", "prod") } else { plain };
    (secret, certificate)
}

fn cached(laptop: &Laptop) -> String {
    laptop.cached().iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// Whether the request for renewal was taken off again.
fn is_taken_off(laptop: &Laptop) -> bool {
    let requests = laptop.server.requests();
    assert!(requests.iter().any(|request| request.starts_with("PATCH ")), "{requests:?}");
    requests.iter().any(|request| {
        request.starts_with("PATCH ") && request.contains("\"sealedsecrets.bitnami.com/renew\":null")
    })
}

#[test]
fn what_the_controller_does_not_open_is_no_new_key() {
    for is_wrapped in [true, false] {
        let (planted, certificate) = stored("aaa", is_wrapped);
        for command in
            [&["renew", "--timeout", "1s"][..], &["revoke", &fingerprint(&pem()), "--yes", "--timeout", "1s"]]
        {
            let mut lines = lines(&[&[fixture_wrapped()], &[planted.clone(), fixture_wrapped()]]);
            lines.extend(serving(&[&pem()]));
            lines.push(("verify", 409, String::new()));
            let laptop = Laptop::new(Server::start_tls(lines, false));
            assert!(laptop.seals(&[]).0);
            let (renewed, printed) = laptop.keys(command);
            assert!(!renewed && printed.contains("the controller did not confirm within 1 s"), "{printed}");
            assert!(printed.contains("--for secret/aaa"), "{printed}");
            assert!(!cached(&laptop).contains(&fingerprint(&certificate)));
            assert!(!is_taken_off(&laptop));
        }
    }
}

#[test]
fn a_renewal_waits_beside_it_for_the_key_that_is_served() {
    let (planted, _) = stored("aaa", true);
    let (new, certificate) = stored("zzz", true);
    let after = [planted.clone(), new, fixture_wrapped()];
    let mut lines = lines(&[&[fixture_wrapped()], &[planted, fixture_wrapped()], &after]);
    lines.extend(serving(&[&pem(), &pem(), &pem(), &certificate]));
    lines.push(("verify", 409, String::new()));
    let laptop = Laptop::new(Server::start_tls(lines, false));
    assert!(laptop.seals(&[]).0);
    let (renewed, printed) = laptop.keys(&["renew"]);
    assert!(renewed && printed.contains(&fingerprint(&certificate)[..12]), "{printed}");
    assert!(cached(&laptop).contains(&fingerprint(&certificate)) && is_taken_off(&laptop));
}

/// Under --key-publish-delay. The older one is served, and cached.
#[test]
fn a_key_that_is_not_served_yet_is_confirmed_by_a_value_that_opens() {
    let (planted, _) = stored("aaa", true);
    let (new, certificate) = stored("zzz", true);
    let mut lines = lines(&[&[fixture_wrapped()], &[planted, new, fixture_wrapped()]]);
    lines.extend(serving(&[&pem()]));
    lines.extend([("verify", 409, String::new()), ("verify", 200, String::new())]);
    let laptop = Laptop::new(Server::start_tls(lines, false));
    assert!(laptop.seals(&[]).0);
    let (renewed, printed) = laptop.keys(&["renew"]);
    assert!(renewed && is_taken_off(&laptop), "{printed}");
    let cached = cached(&laptop);
    assert!(
        cached.contains(&fingerprint(&pem())) && !cached.contains(&fingerprint(&certificate)),
        "{cached}"
    );
}

/// The controller looks at requests only on keys that it opens.
#[test]
fn the_request_is_on_the_key_that_is_served_too() {
    let (planted, _) = stored("aaa", true);
    let mut lines = lines(&[&[planted, fixture_wrapped()]]);
    lines.extend(serving(&[&pem()]));
    lines.push(("/secrets/aaa?", 200, changed().2));
    let laptop = Laptop::new(Server::start_tls(lines, false));
    let (renewed, printed) = laptop.keys(&["renew", "--timeout", "1s"]);
    assert!(!renewed && printed.contains("no new key appeared"), "{printed}");
    let is_on_it =
        |request: &String| request.starts_with("PATCH ") && request.contains("/sealed-secrets-keywrapped?");
    assert!(laptop.server.requests().iter().any(is_on_it));
}
