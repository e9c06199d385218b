//! What controllers are given: sealing keys, and SealedSecrets of known values. `site` applies them.
//!
//! Decided: sealed by the library on all cores, instead of by kubeseal, because thousands are needed; and without the annotation that
//! names the certificate, which upstream's kubeseal does not write: both controllers get the same bytes.

use std::collections::BTreeMap;
use std::thread;

use anyhow::{Context as _, Result, anyhow};
use api::{Scope, sealing_key};
use envelope::{Certificate, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use sealing::seal_item;
use serde_json::{Value, json};

use crate::bench::machine::cores;

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A sealing key: its certificate, and its Secret.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub certificate: Certificate,
    /// In the form that both controllers read.
    pub secret: Value,
}

/// SealedSecrets to be made.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) struct Load {
    pub objects: usize,
    pub items: usize,
    pub value_bytes: usize,
    /// With the annotation in which `kubectl apply` keeps a copy of the object.
    pub is_applied: bool,
}

impl Load {
    /// With short values, as `kubectl create` creates them.
    pub(super) const fn of(objects: usize, items: usize) -> Self {
        Self { objects, items, value_bytes: 0, is_applied: false }
    }
}

/// A SealedSecret as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub name: String,
    pub body: Vec<u8>,
}

/// The keys with these numbers, of the size that controllers make by default. A higher number is a newer key.
pub(super) fn keys(numbers: std::ops::Range<usize>) -> Result<Vec<Key>> {
    in_parallel(numbers.len(), |index| key(numbers.start + index))
}

fn key(number: usize) -> Result<Key> {
    let key = PrivateKey::generate(KeySize::Rsa4096)?;
    let age = HOUR.checked_mul(10_000 - i32::try_from(number)?).context("too many keys")?;
    let issued =
        issue(&mut rand::rng(), &key, "", Timestamp::now() - age, SignedDuration::from_hours(87_600))?;
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": sealing_key::SECRET_TYPE,
        "metadata": { "name": format!("bench-key-{number:03}"), "labels": { sealing_key::LABEL: sealing_key::ACTIVE } },
        "stringData": { "tls.crt": issued.to_pem(), "tls.key": &*key.to_pkcs1_pem()? },
    });
    Ok(Key { certificate: issued, secret })
}

/// Sealed strictly, to one key after the other.
pub(super) fn sealed(load: Load, first: usize, namespace: &str, keys: &[Key]) -> Result<Vec<Sealed>> {
    in_parallel(load.objects, |index| {
        let number = first + index;
        let key = keys.get(index % keys.len().max(1)).context("there is no key to seal to")?;
        let name = name(number);
        let label = Scope::Strict.label(namespace, &name);
        let items = values(load, number).into_iter().map(|(item, value)| {
            Ok((item, json!(seal_item(&mut rand::rng(), &key.certificate, &label, &value)?)))
        });
        let items: serde_json::Map<_, _> = items.collect::<Result<_>>()?;
        let mut object = json!({
            "apiVersion": "bitnami.com/v1alpha1",
            "kind": "SealedSecret",
            "metadata": { "name": name, "namespace": namespace },
            "spec": {
                "encryptedData": items,
                "template": { "metadata": { "name": name, "namespace": namespace } },
            },
        });
        if load.is_applied {
            // As kubectl does it: the copy has an empty map of annotations, and ends with the end of a line.
            object["metadata"]["annotations"] = json!({});
            object["metadata"]["annotations"] = json!({ LAST_APPLIED: format!("{object}\n") });
        }
        Ok(Sealed { name, body: object.to_string().into_bytes() })
    })
}

pub(super) fn name(number: usize) -> String {
    format!("s{number}")
}

/// The values of one object: different in every item of every object.
pub(super) fn values(load: Load, number: usize) -> BTreeMap<String, Vec<u8>> {
    let value = |item: usize| {
        let mut value = format!("value {item} of {number} ").into_bytes();
        let mut state = (number * 1009 + item) as u64 | 1;
        // Not compressible: etcd and the API server would be measured with something else than Secrets are.
        value.resize_with(load.value_bytes.max(value.len()), || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        });
        value
    };
    (0..load.items).map(|item| (format!("item-{item}"), value(item))).collect()
}

/// Makes `count` things on all cores, in order.
pub(super) fn in_parallel<T: Send>(count: usize, make: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let threads = cores();
    let mut made = thread::scope(|scope| {
        let (make, share) = (&make, |turn: usize| (turn..count).step_by(threads));
        let workers: Vec<_> = (0..threads)
            .map(|turn| {
                scope.spawn(move || {
                    share(turn).map(|index| Ok((index, make(index)?))).collect::<Result<Vec<_>>>()
                })
            })
            .collect();
        let mut made = Vec::with_capacity(count);
        for worker in workers {
            made.extend(worker.join().map_err(|_| anyhow!("a thread that seals panicked"))??);
        }
        anyhow::Ok(made)
    })?;
    made.sort_unstable_by_key(|(index, _)| *index);
    Ok(made.into_iter().map(|(_, thing)| thing).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_to_the_values() {
        let load = Load { value_bytes: 100, is_applied: true, ..Load::of(3, 2) };
        let key = PrivateKey::generate(KeySize::Rsa2048).unwrap();
        let certificate =
            issue(&mut rand::rng(), &key, "", Timestamp::now(), SignedDuration::from_hours(24)).unwrap();
        let keys = [Key { certificate, secret: Value::Null }];
        let objects = sealed(load, 7, "ns", &keys).unwrap();
        assert_eq!(objects.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["s7", "s8", "s9"]);
        let object: Value = serde_json::from_slice(&objects[2].body).unwrap();
        for (item, value) in values(load, 9) {
            let text = object["spec"]["encryptedData"][&item].as_str().unwrap();
            let bytes = sealing::decode_base64(text).unwrap();
            assert_eq!(envelope::open(&key, b"ns/s9", &bytes).unwrap().expose(), value, "{item}");
            assert_eq!(value.len(), 100);
        }
        let copy = object["metadata"]["annotations"][LAST_APPLIED].as_str().unwrap();
        let copy: Value = serde_json::from_str(copy).unwrap();
        assert_eq!((&copy["spec"], &copy["kind"]), (&object["spec"], &object["kind"]));
    }

    #[test]
    fn no_two_values_are_alike() {
        let load = Load { value_bytes: 64, ..Load::of(2, 2) };
        let all: std::collections::BTreeSet<_> =
            (0..2).flat_map(|number| values(load, number).into_values()).collect();
        assert_eq!(all.len(), 4);
    }
}
