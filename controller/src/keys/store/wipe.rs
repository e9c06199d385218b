//! Zeroizes Secrets that hold a private key.

use k8s_openapi::api::core::v1::Secret;
use std::collections::BTreeMap;
use zeroize::Zeroize as _;

pub(crate) fn wipe(secret: &mut Secret) {
    for value in secret.data.iter_mut().flat_map(BTreeMap::values_mut) {
        value.0.zeroize();
    }
}

/// Zeroizes the Secret when this is dropped: a request may be cancelled at any moment.
pub(crate) struct WipeOnDrop<'a>(pub(crate) &'a mut Secret);

impl Drop for WipeOnDrop<'_> {
    fn drop(&mut self) {
        wipe(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::sealing_key::PRIVATE_KEY;
    use k8s_openapi::ByteString;

    #[test]
    fn a_secret_is_wiped_when_the_request_that_stores_it_is_cancelled() {
        let data = BTreeMap::from([(PRIVATE_KEY.to_owned(), ByteString(b"private".to_vec()))]);
        let mut secret = Secret { data: Some(data), ..Secret::default() };
        let storing = async {
            let _secret = WipeOnDrop(&mut secret);
            std::future::pending::<()>().await;
        };
        assert_eq!(futures::FutureExt::now_or_never(storing), None);
        assert!(secret.data.unwrap()[PRIVATE_KEY].0.is_empty());
    }
}
