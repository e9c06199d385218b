//! The templates of honest objects render within the limits, above all where it takes time rather than room.

use template::{Limits, Outside, Renderer, Values};

#[test]
fn keys_certificates_and_hashes_render() {
    let values = Values::new();
    for template in [
        "{{ genPrivateKey \"rsa\" }}{{ htpasswd \"a\" \"b\" }}",
        "{{ $ca := genCA \"ca\" 365 }}{{ range list \"server\" \"client\" \"peer\" }}\
         {{ (genSignedCert . nil (list .) 365 $ca).Cert }}{{ end }}",
        "{{ range 8 }}{{ htpasswd (print \"user\" .) \"password\" }}\n{{ end }}",
        "{{ range 3 }}{{ derivePassword 1 \"long\" \"password\" \"user\" (print .) }}{{ end }}",
        // By elliptic curves it takes next to no time.
        "{{ $ca := genCAWithKey \"ca\" 365 (genPrivateKey \"ecdsa\") }}{{ range 50 }}\
         {{ (genSignedCertWithKey \"a\" nil nil 365 $ca (genPrivateKey \"ed25519\")).Cert }}{{ end }}",
    ] {
        let mut fill = |bytes: &mut [u8]| bytes.fill(7);
        let outside = Outside { now: "2026-02-03T04:05:06Z".parse().unwrap(), random: &mut fill };
        let rendered = Renderer::new(&values, Limits::default()).render("item", template, outside);
        let refused = rendered.err().map(|error| error.detail().clone());
        assert_eq!(refused, None, "{template}");
    }
}
