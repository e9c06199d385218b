//! Annotations that were made to do harm. Each costs a bounded time, the second cluster says what is wrong, and the first opens the items
//! themselves, but for a commitment that its own entry breaks too.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::annotations::RECIPIENTS;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use tests::lab::Maker;

use crate::scene::cluster::{name_of, recipients_of};
use crate::stage::Stage;

const VALUES: [(&str, &str); 2] = [("a", "1"), ("b", "2")];

/// The entries name a key of the cluster, and it opens nothing of them.
const NO_KEY_OPENS: &str = "must have been sealed for another name or namespace than";
const CHANGED: &str = "changed by a program that does not know the annotation";
const UNREADABLE: &str = "cannot be read, because";
const NOT_COMMITTED: &str = "opens with another session key than the annotation";
const NOT_ALL_TRIED: &str = "so often that not all were tried";

/// The API server takes so many bytes of annotations.
const MOST_BYTES: usize = 250 << 10;

/// Bytes that a key of 2048 bits can decrypt, and too few.
const KEY_LENGTHS: [usize; 2] = [256, 1];

/// A SealedSecret, the words of the second cluster, and whether our controller in the first opens it.
struct Hostile {
    sealed: Value,
    words: &'static str,
    first_opens: bool,
}

pub(crate) async fn each_is_reported_and_the_items_open_in_the_first_cluster(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(Maker::Ours, async |scene| {
            let [first, second] = &scene.clusters;
            let keys = [first.certificate().await?, second.certificate().await?]
                .map(|certificate| certificate.fingerprint().to_string());
            let other = scene.seal("another", &VALUES).await?;
            let mut all = Vec::new();
            for (name, edit, words) in edits() {
                let mut sealed = scene.seal(name, &VALUES).await?;
                let mut group = group_of(&sealed)?;
                edit(&mut group, &sealed, &group_of(&other)?, &keys).with_context(|| name.to_owned())?;
                set_text(&mut sealed, &json!({ "v": 1, "groups": [group] }).to_string());
                all.push(Hostile { sealed, words, first_opens: words != NOT_COMMITTED });
            }
            for (name, edit) in TEXTS {
                let mut sealed = scene.seal(name, &VALUES).await?;
                let text = edit(recipients_of(&sealed).context("no annotation")?);
                set_text(&mut sealed, &text);
                all.push(Hostile { sealed, words: UNREADABLE, first_opens: true });
            }
            for length in KEY_LENGTHS {
                let mut sealed = scene.seal(&format!("many-{length}"), &VALUES).await?;
                let text = crowded(&sealed, &keys, length)?;
                set_text(&mut sealed, &text);
                all.push(Hostile { sealed, words: NOT_ALL_TRIED, first_opens: true });
            }
            for hostile in &all {
                scene
                    .apply(&hostile.sealed)
                    .await
                    .with_context(|| format!("{:?}", name_of(&hostile.sealed)))?;
            }
            // Others are not kept waiting.
            let honest = scene.seal("honest", &VALUES).await?;
            scene.apply(&honest).await?;
            for cluster in &scene.clusters {
                cluster.opens(&honest, &VALUES).await?;
            }
            for Hostile { sealed, words, first_opens } in &all {
                let name = || name_of(sealed).unwrap_or_default().to_owned();
                second.refuses(sealed, &["a", "b"], words).await.with_context(name)?;
                if *first_opens {
                    first.opens(sealed, &VALUES).await.with_context(name)?;
                } else {
                    first.refuses(sealed, &["a", "b"], words).await.with_context(name)?;
                }
            }

            let mut swapped = scene.seal("swapped", &VALUES).await?;
            swap(&mut swapped["spec"]["encryptedData"])?;
            scene.apply(&swapped).await?;
            second.refuses(&swapped, &["a", "b"], CHANGED).await?;
            // The label of an item does not have its name. This is so with upstream's controller too.
            first.opens(&swapped, &[("a", "2"), ("b", "1")]).await?;

            let mut huge = honest.clone();
            set_text(&mut huge, &" ".repeat(1 << 20));
            let Err(error) = scene.apply(&huge).await else { anyhow::bail!("1 MiB was taken") };
            ensure!(format!("{error:#}").contains("may not be more than 262144 bytes"), "{error:#}");
            Ok(())
        })
        .await
}

/// Changes a group of the annotation, given its object, the group of another object, and the fingerprints of both clusters.
type Edit = fn(&mut Value, &Value, &Value, &[String; 2]) -> Result<()>;

fn edits() -> [(&'static str, Edit, &'static str); 8] {
    [
        ("swapped-entries", |group, _, _, _| swap(&mut group["items"]), CHANGED),
        ("swapped-commitments", |group, _, _, _| swap(&mut group["commits"]), NOT_COMMITTED),
        (
            "forged-fingerprints",
            |group, _, _, keys| {
                // The second cluster finds its name at the key of the first.
                for (entry, key) in entries(group)?.iter_mut().zip(keys.iter().rev()) {
                    entry["cert"] = json!(key);
                }
                Ok(())
            },
            NO_KEY_OPENS,
        ),
        (
            "keys-of-another-object",
            |group, _, other, _| {
                group["to"] = other["to"].clone();
                Ok(())
            },
            NO_KEY_OPENS,
        ),
        (
            "the-session-key-of-an-item",
            |group, sealed, _, _| {
                // Two bytes of length, then the wrapped key. It has another label of OAEP, and is for the first cluster.
                let item = sealed["spec"]["encryptedData"]["a"].as_str().context("no item")?;
                let envelope = BASE64_STANDARD.decode(item)?;
                let wrapped = envelope.get(2..2 + 256).context("too short")?;
                for entry in entries(group)? {
                    entry["key"] = json!(BASE64_STANDARD.encode(wrapped));
                }
                Ok(())
            },
            NO_KEY_OPENS,
        ),
        (
            "upper-case",
            |group, _, _, keys| {
                entries(group)?[0]["cert"] = json!(keys[0].to_uppercase());
                Ok(())
            },
            UNREADABLE,
        ),
        (
            "a-member-more",
            |group, _, _, _| {
                group["more"] = json!(0);
                Ok(())
            },
            UNREADABLE,
        ),
        (
            "neither-a-cluster-nor-age",
            |group, _, _, _| {
                entries(group)?[1].as_object_mut().context("no entry")?.remove("cert");
                Ok(())
            },
            UNREADABLE,
        ),
    ]
}

/// Changes the whole text of the annotation.
type TextEdit = fn(&str) -> String;

const TEXTS: [(&str, TextEdit); 4] = [
    ("empty", |_| String::new()),
    ("cut-off", |text| text[..text.len() / 2].to_owned()),
    ("a-member-twice", |text| text.replacen("{\"v\":1,", "{\"v\":1,\"v\":1,", 1)),
    ("deep", |_| "[".repeat(100_000)),
];

/// As many entries as fit that name the keys of both clusters, and do not open, before the ones that do.
fn crowded(sealed: &Value, keys: &[String; 2], length: usize) -> Result<String> {
    let mut group = group_of(sealed)?;
    let honest = entries(&mut group)?.clone();
    let wrapped = BASE64_STANDARD.encode(vec![7; length]);
    let false_entry = |index: usize| json!({ "cert": keys[index % 2], "key": wrapped });
    let most = MOST_BYTES - 4_000;
    let count = most / false_entry(0).to_string().len();
    group["to"] = (0..count).map(false_entry).chain(honest).collect();
    let text = json!({ "v": 1, "groups": [group] }).to_string();
    ensure!(text.len() > most - 4_000, "{} bytes are not many", text.len());
    Ok(text)
}

fn set_text(sealed: &mut Value, text: &str) {
    sealed["metadata"]["annotations"][RECIPIENTS] = json!(text);
}

/// The one group of the annotation.
fn group_of(sealed: &Value) -> Result<Value> {
    let text = recipients_of(sealed).context("no annotation")?;
    let document: Value = serde_json::from_str(text)?;
    Ok(document["groups"][0].clone())
}

fn entries(group: &mut Value) -> Result<&mut Vec<Value>> {
    group["to"].as_array_mut().context("no entries")
}

/// Exchanges what `a` and `b` have.
fn swap(map: &mut Value) -> Result<()> {
    let map = map.as_object_mut().context("no items")?;
    let (a, b) = (map["a"].clone(), map["b"].clone());
    map["a"] = b;
    map["b"] = a;
    Ok(())
}
