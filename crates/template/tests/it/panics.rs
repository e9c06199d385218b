//! What the libraries below would panic at: an error each, or text.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use template::{Limits, Outside, Renderer, Values};

fn render(text: &str) -> Option<String> {
    render_with(&Values::new(), text)
}

fn render_with(values: &Values, text: &str) -> Option<String> {
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let outside = Outside { now: "2026-02-03T04:05:06.789Z".parse().unwrap(), random: &mut fill };
    let rendered = Renderer::new(values, Limits::default()).render("item", text, outside).ok()?;
    Some(String::from_utf8(rendered.bytes.to_vec()).unwrap())
}

/// Rust's own widths end at 65,535.
#[test]
fn more_digits_than_a_width_may_have() {
    for text in [r#"{{ printf "%.70000U" 65 }}"#, r#"{{ printf "%.*U" 70000 65 }}"#] {
        let rendered = render(text).unwrap();
        assert_eq!(rendered.len(), 2 + 70_000);
        assert!(rendered.starts_with("U+00") && rendered.ends_with("0041"));
    }
}

#[test]
fn certificates_that_end_before_the_year_0() {
    for days in [-1_000_000, -741_000] {
        let authority = format!(r#"genCAWithKey "a" {days} (genPrivateKey "ecdsa")"#);
        assert_eq!(render(&format!("{{{{ ({authority}).Cert }}}}")), None);
    }
    assert!(render(r#"{{ (genCAWithKey "a" -700000 (genPrivateKey "ecdsa")).Cert }}"#).is_some());
}

/// The kind of name 2.124 is read as 5.4, which cannot be written.
#[test]
fn an_authority_with_a_kind_of_name_that_cannot_be_written() {
    for (arcs, taken) in [(vec![2, 5, 4, 3], true), (vec![2, 124], false)] {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CustomDnType(arcs), "a");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let mut values = Values::new();
        values.insert("ca", params.self_signed(&key).unwrap().pem().into_bytes().into());
        values.insert("key", key.serialize_pem().into_bytes().into());
        let text = r#"{{ $ca := buildCustomCert (b64enc .ca) (b64enc .key) }}
            {{ (genSignedCertWithKey "b" nil nil 1 $ca (genPrivateKey "ecdsa")).Cert }}"#;
        assert_eq!(render_with(&values, text).is_some(), taken);
    }
}
