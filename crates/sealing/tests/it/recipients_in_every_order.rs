//! Sequences of what programs do to a SealedSecret of two clusters: ours, which know the annotation for the recipients, and upstream's, which do
//! not. A model says what each cluster opens after each step.

use super::keys_and_objects::{ALL, unseal_with};
use api::SealedSecret;
use api::annotations::RECIPIENTS;
use envelope::{Certificate, KeyPair, KeySize, Plaintext, PrivateKey, issue, open};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rand::rngs::SysRng;
use recipients::Recipients;
use sealing::{
    KeyRing, OtherRecipient, SealFor, SealingKey, SecretToSeal, UnsealError, decode_base64, reseal,
    seal_item, seal_items, seal_secret_for,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

const LABEL: &[u8] = b"ns/name";
const ITEMS: [&str; 3] = ["a", "b", "c"];

/// One of the two clusters.
type Cluster = usize;

#[derive(Debug, Clone)]
enum Step {
    /// The controller makes a new sealing key.
    Renew(Cluster),
    /// All older keys are taken out, if the object was resealed since the last renewal.
    Retire(Cluster),
    /// Our `/v1/rotate`, or `reseal` with keys.
    Reseal(Cluster),
    /// Upstream's `/v1/rotate`.
    UpstreamRotate(Cluster),
    /// `--merge-into` with the certificate of one cluster: upstream's, or ours in flag mode.
    UpstreamMerge(Cluster, usize),
    /// A verb of ours with the certificates of both clusters, of which this one is the first.
    Merge(Cluster, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (cluster, item) = (0..2_usize, 0..ITEMS.len());
    prop_oneof![
        1 => cluster.clone().prop_map(Step::Renew),
        1 => cluster.clone().prop_map(Step::Retire),
        3 => cluster.clone().prop_map(Step::Reseal),
        1 => cluster.clone().prop_map(Step::UpstreamRotate),
        1 => (cluster.clone(), item.clone()).prop_map(|(cluster, item)| Step::UpstreamMerge(cluster, item)),
        3 => (cluster, item).prop_map(|(cluster, item)| Step::Merge(cluster, item)),
    ]
}

/// Sealing keys, the oldest first.
fn keys() -> &'static [Arc<SealingKey>] {
    static KEYS: OnceLock<Vec<Arc<SealingKey>>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let make = |number: i64| {
            let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
            let since = Timestamp::from_second(1_700_000_000 + number).unwrap();
            let certificate = issue(&mut SysRng, &private, "", since, SignedDuration::from_hours(1)).unwrap();
            Arc::new(SealingKey::new(format!("k{number}"), KeyPair::new(private, certificate).unwrap()))
        };
        (0..8).map(make).collect()
    })
}

/// What the model knows of an item.
#[derive(Debug, Clone)]
struct Known {
    value: String,
    /// The cluster that its envelope is sealed to.
    envelope: Cluster,
    /// Its entry matches, so that both clusters open it.
    matches: bool,
}

impl Known {
    fn opens_in(&self, cluster: Cluster) -> bool {
        self.matches || self.envelope == cluster
    }
}

struct Model {
    sealed: SealedSecret,
    rings: [Vec<Arc<SealingKey>>; 2],
    unused: Vec<Arc<SealingKey>>,
    /// Whether the newest key of the cluster opens all that the cluster opens.
    fresh: [bool; 2],
    items: BTreeMap<&'static str, Known>,
    changes: usize,
}

impl Model {
    fn new() -> Self {
        let mut unused = keys().to_vec();
        let rings = [vec![unused.remove(0)], vec![unused.remove(0)]];
        let [first, second] = [0, 1].map(|cluster: Cluster| rings[cluster][0].pair().certificate());
        let to = SealFor { first, others: vec![OtherRecipient::Certificate(second)] };
        let secret = SecretToSeal {
            metadata: serde_json::from_value(json!({ "namespace": "ns", "name": "name" })).unwrap(),
            type_: None,
            immutable: None,
            data: ITEMS.into_iter().map(|item| (item.into(), Plaintext::new(item.into()))).collect(),
        };
        let sealed = seal_secret_for(&mut SysRng, &to, &secret).unwrap();
        let known = |item: &str| Known { value: item.into(), envelope: 0, matches: true };
        let items = ITEMS.into_iter().map(|item| (item, known(item))).collect();
        Self { sealed, rings, unused, fresh: [true; 2], items, changes: 0 }
    }

    fn ring(&self, cluster: Cluster) -> KeyRing {
        KeyRing::new(self.rings[cluster].iter().cloned())
    }

    fn certificate(&self, cluster: Cluster) -> Certificate {
        self.ring(cluster).newest().unwrap().pair().certificate().clone()
    }

    fn take(&mut self, step: &Step) {
        self.changes += 1;
        match *step {
            Step::Renew(cluster) => {
                if !self.unused.is_empty() {
                    let key = self.unused.remove(0);
                    self.rings[cluster].push(key);
                    self.fresh[cluster] = false;
                }
            }
            Step::Retire(cluster) => {
                if self.fresh[cluster] {
                    let newest = self.rings[cluster].pop().unwrap();
                    self.rings[cluster] = vec![newest];
                }
            }
            Step::Reseal(cluster) => self.reseal(cluster),
            Step::UpstreamRotate(cluster) => self.upstream_rotate(cluster),
            Step::UpstreamMerge(cluster, item) => {
                let (name, value) = (ITEMS[item], format!("merged {}", self.changes));
                let sealed =
                    seal_item(&mut SysRng, &self.certificate(cluster), LABEL, value.as_bytes()).unwrap();
                self.sealed.spec.encrypted_data.insert(name.into(), sealed);
                self.items.insert(name, Known { value, envelope: cluster, matches: false });
            }
            Step::Merge(cluster, item) => {
                let (name, value) = (ITEMS[item], format!("changed {}", self.changes));
                let (first, other) = (self.certificate(cluster), self.certificate(1 - cluster));
                let to = SealFor { first: &first, others: vec![OtherRecipient::Certificate(&other)] };
                let added =
                    seal_items(&mut SysRng, &to, LABEL, [(name, value.as_bytes())].into_iter()).unwrap();
                self.sealed.spec.encrypted_data.extend(added.encrypted_data);
                let annotations = self.sealed.metadata.annotations.as_mut().unwrap();
                let mut recipients = Recipients::from_text(&annotations[RECIPIENTS]).unwrap();
                recipients.add(added.group.unwrap()).unwrap();
                annotations.insert(RECIPIENTS.into(), recipients.to_text().unwrap());
                self.items.insert(name, Known { value, envelope: cluster, matches: true });
            }
        }
    }

    fn reseal(&mut self, cluster: Cluster) {
        let all_open = self.items.values().all(|item| item.opens_in(cluster));
        let (ring, certificate) = (self.ring(cluster), self.certificate(cluster));
        let resealed =
            reseal(&mut SysRng, &self.sealed.metadata, &self.sealed.spec, &ring, &certificate, &|| ());
        assert_eq!(resealed.is_ok(), all_open, "{resealed:?}");
        let Ok(resealed) = resealed else { return };
        assert_eq!(resealed.seals_all(), self.items.values().all(|item| item.envelope == cluster));
        self.sealed.spec.encrypted_data = resealed.encrypted_data;
        let annotations = self.sealed.metadata.annotations.as_mut().unwrap();
        annotations.extend(resealed.recipients.map(|text| (RECIPIENTS.to_owned(), text)));
        self.fresh[cluster] = true;
    }

    /// Opens all envelopes and seals all values anew, or nothing.
    fn upstream_rotate(&mut self, cluster: Cluster) {
        let certificate = self.certificate(cluster);
        let opened: Option<Vec<(String, Plaintext)>> = self
            .sealed
            .spec
            .encrypted_data
            .iter()
            .map(|(name, sealed)| {
                let envelope = decode_base64(sealed).unwrap();
                let mut keys = self.rings[cluster].iter();
                let value = keys.find_map(|key| open(key.pair().private(), LABEL, &envelope).ok());
                value.map(|value| (name.clone(), value))
            })
            .collect();
        assert_eq!(opened.is_some(), self.items.values().all(|item| item.envelope == cluster));
        for (name, value) in opened.into_iter().flatten() {
            let sealed = seal_item(&mut SysRng, &certificate, LABEL, value.expose()).unwrap();
            self.sealed.spec.encrypted_data.insert(name.clone(), sealed);
            self.items.get_mut(name.as_str()).unwrap().matches = false;
            self.fresh[cluster] = true;
        }
    }

    fn check(&self) {
        for cluster in 0..2 {
            let expected: Vec<&str> = self
                .items
                .iter()
                .filter(|(_, item)| !item.opens_in(cluster))
                .map(|(name, _)| *name)
                .collect();
            match unseal_with(&self.sealed, &self.ring(cluster), ALL) {
                Ok(secret) => {
                    assert!(expected.is_empty(), "cluster {cluster} opens {expected:?}");
                    for (name, item) in &self.items {
                        assert_eq!(
                            secret.data[*name].expose(),
                            item.value.as_bytes(),
                            "{name} in cluster {cluster}"
                        );
                    }
                }
                Err(UnsealError::Items(errors)) => {
                    let unopened: Vec<&str> = errors.iter().map(|error| error.key.as_str()).collect();
                    assert_eq!(unopened, expected, "cluster {cluster}");
                }
                Err(other) => unreachable!("{other}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn each_cluster_opens_what_the_model_says(steps in prop::collection::vec(step(), 1..12)) {
        let mut model = Model::new();
        model.check();
        for step in &steps {
            model.take(step);
            model.check();
        }
    }
}
