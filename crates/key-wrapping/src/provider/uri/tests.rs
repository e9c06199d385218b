//! Which texts name a provider.

use super::*;

#[test]
fn one_provider_has_one_text() {
    let age = format!("age1{}", "q".repeat(58));
    let texts = [
        "kmsv2:unix:///run/kms/kms.sock",
        "openbao+transit://bao.example:8200/transit/sealing",
        "openbao+transit://[::1]/a/b/c",
        "awskms:arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms:arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/sealed/secrets",
        "gcpkms:projects/shop/locations/europe-west1/keyRings/ring/cryptoKeys/key",
        "gcpkms:projects/example.com:shop/locations/global/keyRings/ring/cryptoKeys/key",
        &age,
    ];
    for text in texts {
        assert_eq!(text.parse::<ProviderUri>().unwrap().to_string(), text);
    }
}

#[test]
fn other_texts_are_refused_with_the_form_that_is_missing() {
    use ProviderUriError::{Age, AwsKms, GcpKms, Kind, KmsV2, OpenBaoTransit};
    let cases = [
        ("", Kind),
        ("vault://x", Kind),
        ("AGE1qqq", Kind),
        ("kmsv2:/run/kms.sock", KmsV2),
        ("kmsv2:unix://run/kms.sock", KmsV2),
        ("kmsv2:unix:///", KmsV2),
        ("kmsv2:unix:///a/../b", KmsV2),
        ("kmsv2:unix:///a//b", KmsV2),
        ("kmsv2:unix:///a?b=c", KmsV2),
        ("openbao+transit://host/key", OpenBaoTransit),
        ("openbao+transit:///mount/key", OpenBaoTransit),
        ("openbao+transit://user@host/mount/key", OpenBaoTransit),
        ("openbao+transit://host/mount/../key", OpenBaoTransit),
        ("openbao+transit://host/mount/key?x=1", OpenBaoTransit),
        ("openbao+transit://host/mount/", OpenBaoTransit),
        ("openbao+transit://HOST/mount/key", OpenBaoTransit),
        ("awskms:alias/x", AwsKms),
        ("awskms:arn:aws:s3:eu-west-1:1:key/x", AwsKms),
        ("awskms:arn:aws:kms::1:key/x", AwsKms),
        ("awskms:arn:aws:kms:eu-west-1:1:grant/x", AwsKms),
        ("gcpkms:projects/p/locations/l/keyRings/r", GcpKms),
        ("gcpkms:projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1", GcpKms),
        ("gcpkms:projects/../locations/l/keyRings/r/cryptoKeys/k", GcpKms),
        ("age1short", Age),
        ("age1yubikey1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", Age),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<ProviderUri>(), Err(expected), "{text}");
    }
}
