//! Opens every case under `vectors/`.

use crate::case::{self, Case};
use envelope::PrivateKey;
use key_wrapping::{KeyWrapper as _, UnwrapError, WrappedKey};

/// Cases that are read, and whose text is another than a writer writes.
const NOT_AS_WRITTEN: [&str; 6] =
    ["empty-annotations", "escapes", "longest", "order-of-annotations", "order-of-members", "white-space"];

#[tokio::test]
async fn every_vector_comes_out_as_its_header_says() {
    let private = PrivateKey::from_pem(&case::private_key()).unwrap().to_pkcs8_der().unwrap();
    for case in case::all() {
        let name = &case.name;
        let Ok(key) = WrappedKey::from_json(case.text.as_bytes()) else {
            assert_eq!("refused", case.of("outcome"), "{name}");
            continue;
        };
        let outcome = match case.open(&key).await {
            Ok(unwrapped) => {
                assert_eq!(*unwrapped.pair.private().to_pkcs8_der().unwrap(), *private, "{name}");
                check_steps(&case, &key).await;
                if unwrapped.slots.is_changed { "opens, slots changed" } else { "opens" }
            }
            Err(UnwrapError::OtherCluster { .. }) => "another cluster",
            Err(UnwrapError::NoSlot(_)) => "no slot of a provider",
            Err(UnwrapError::Slots(_)) => "no slot opens",
            Err(UnwrapError::KeyPair(_)) => "another private key",
        };
        assert_eq!(outcome, case.of("outcome"), "{name}");
        let is_as_written = key.to_json() == case.text.as_bytes();
        assert_eq!(is_as_written, !NOT_AS_WRITTEN.contains(&name.as_str()), "{name}");
    }
}

/// Compares what is computed on the way.
async fn check_steps(case: &Case, key: &WrappedKey) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let context = key.context(case.certificate().fingerprint());
    assert_eq!(hex(&context.associated_data()), case.of("associated data"), "{}", case.name);
    let (identity, mut data_keys) = (case.identity(), Vec::new());
    for slot in key.slots() {
        data_keys.extend(identity.unwrap(slot, &context).await.map(|data_key| hex(data_key.bytes())));
    }
    assert!(data_keys.iter().any(|data_key| data_key == case.of("data key")), "{}", case.name);
}
