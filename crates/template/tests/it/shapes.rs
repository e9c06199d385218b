//! What is random, reads the clock, or makes keys is held to its shape.

use template::{Limits, Outside, Renderer, Values};

fn rendered(template: &str) -> String {
    let mut state = 1u64;
    let mut fill = |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
    };
    let outside = Outside { now: "2026-02-03T04:05:06.789Z".parse().unwrap(), random: &mut fill };
    let output =
        Renderer::new(&Values::new(), Limits::default()).render("item", template, outside).unwrap().bytes;
    String::from_utf8(output.to_vec()).unwrap()
}

/// A name, and what belongs to it.
type Set = (&'static str, fn(char) -> bool);

#[test]
fn random_strings() {
    let sets: [Set; 4] = [
        ("randAlpha", |c| c.is_ascii_alphabetic()),
        ("randAlphaNum", |c| c.is_ascii_alphanumeric()),
        ("randNumeric", |c| c.is_ascii_digit()),
        ("randAscii", |c| (' '..='~').contains(&c)),
    ];
    for (function, belongs) in sets {
        let text = rendered(&format!("{{{{ {function} 500 }}}}"));
        assert_eq!(text.len(), 500);
        assert!(text.chars().all(belongs), "{function}: {text}");
        let mut distinct: Vec<char> = text.chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        assert!(distinct.len() >= 10, "{function}: {text}");
    }
    assert_eq!(rendered("{{ randBytes 32 | b64dec | len }}"), "32");
    assert_eq!(rendered("{{ shuffle \"abc\" | splitList \"\" | sortAlpha | join \"\" }}"), "abc");
    for number in rendered("{{ range 100 }}{{ randInt -5 5 }} {{ end }}").split_whitespace() {
        assert!((-5..5).contains(&number.parse::<i64>().unwrap()));
    }
    assert_ne!(rendered("{{ randAlpha 20 }}"), rendered("{{ $x := randAlpha 1 }}{{ randAlpha 20 }}"));
}

#[test]
fn uuids() {
    let uuid = rendered("{{ uuidv4 }}");
    assert_eq!(
        rendered(&format!(
            "{{{{ regexMatch \"^[0-9a-f]{{8}}-[0-9a-f]{{4}}-4[0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-[0-9a-f]{{12}}$\" {uuid:?} }}}}"
        )),
        "true"
    );
}

#[test]
fn the_clock() {
    assert_eq!(rendered("{{ now }}"), "2026-02-03 04:05:06.789 +0000 UTC");
    assert_eq!(rendered("{{ now | date \"2006-01-02\" }} {{ date \"15:04\" \"x\" }}"), "2026-02-03 04:05");
    assert_eq!(rendered("{{ ago (now | dateModify \"-90s\") }} {{ ago nil }}"), "1m30s 0s");
    assert_eq!(rendered("{{ durationRound (now | dateModify \"-49h\") }}"), "2d");
    assert_eq!(
        rendered("{{ unixEpoch now }} {{ now.Year }} {{ (now.Add 1000000000).Second }}"),
        "1770091506 2026 7"
    );
}

#[test]
fn password_hashes() {
    let template = "{{ htpasswd \"me\" \"secret\" }}";
    let (user, hash) = {
        let text = rendered(template);
        let (user, hash) = text.split_once(':').unwrap();
        (user.to_owned(), hash.to_owned())
    };
    assert_eq!(user, "me");
    assert!(hash.starts_with("$2a$10$"), "{hash}");
    assert!(bcrypt::verify("secret", &hash).unwrap());
}

#[test]
fn encrypted_text_opens_again() {
    assert_eq!(
        rendered("{{ encryptAES \"k\" \"plain text of some length\" | decryptAES \"k\" }}"),
        "plain text of some length"
    );
    assert_eq!(rendered("{{ encryptAES \"k\" \"plain\" | b64dec | len }}"), "32");
}

#[test]
fn certificates() {
    let pem = rendered(
        "{{ $ca := genCA \"the ca\" 10 }}{{ $ca.Cert }}|{{ $ca.Key }}|{{ (genSignedCert \"host\" (list \"10.0.0.1\") (list \"a.example\") 5 $ca).Cert }}",
    );
    let parts: Vec<&str> = pem.split('|').collect();
    let (_, authority) = x509_parser::pem::parse_x509_pem(parts[0].as_bytes()).unwrap();
    let authority = authority.parse_x509().unwrap();
    assert!(authority.is_ca());
    assert_eq!(authority.subject().to_string(), "CN=the ca");
    assert_eq!(
        authority.validity().not_after.timestamp() - authority.validity().not_before.timestamp(),
        864_000
    );
    assert_eq!(authority.validity().not_before.timestamp(), 1_770_091_506);
    assert!(parts[1].starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    let (_, signed) = x509_parser::pem::parse_x509_pem(parts[2].as_bytes()).unwrap();
    let signed = signed.parse_x509().unwrap();
    assert!(!signed.is_ca());
    assert_eq!(signed.issuer().to_string(), "CN=the ca");
    signed.verify_signature(Some(authority.public_key())).unwrap();
    let names = format!("{:?}", signed.subject_alternative_name().unwrap().unwrap().value.general_names);
    assert!(names.contains("a.example") && names.contains("[10, 0, 0, 1]"), "{names}");
    let usage = signed.key_usage().unwrap().unwrap().value;
    assert!(usage.digital_signature() && usage.key_encipherment() && !usage.key_cert_sign());
    let extended = signed.extended_key_usage().unwrap().unwrap().value;
    assert!(extended.server_auth && extended.client_auth);
}

#[test]
fn keys_survive_the_way_through_a_certificate() {
    for kind in ["ecdsa", "ed25519"] {
        let template =
            format!("{{{{ $k := genPrivateKey {kind:?} }}}}{{{{ eq (genCAWithKey \"a\" 1 $k).Key $k }}}}");
        assert_eq!(rendered(&template), "true", "{kind}");
    }
    assert_eq!(
        rendered("{{ $c := genCA \"a\" 1 }}{{ eq (genCAWithKey \"b\" 1 $c.Key).Key $c.Key }}"),
        "true"
    );
    assert_eq!(
        rendered("{{ genPrivateKey \"rsa\" | hasPrefix \"-----BEGIN RSA PRIVATE KEY-----\" }}"),
        "true"
    );
}
