//! What the memory of the process holds, and how much: with hostile requests, and after private keys were used.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{PRIVATE_KEY, RENEW};
use api::{ConditionStatus, SealedSecret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt as _, TryStreamExt as _};
use http::HeaderValue;
use http::header::ACCEPT;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use kube::core::Request;
use kube::{Resource as _, ResourceExt as _};
use serde_json::{Value, json};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::stage::{Stage, stop};

/// The time limit for the API server and a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// The time until the watch of keys has been reconnected, on a busy machine.
const WIPED: Duration = Duration::from_secs(50);

/// The largest body that is read.
const BODY: usize = 2 << 20;

/// The largest body that is read as YAML.
const YAML: usize = 512 << 10;

/// What one body may use, beyond what the process had before.
const MOST: u64 = 4 * (BODY as u64);

/// What may remain after all requests, for threads and pools that did not exist before.
const LEFT: u64 = 12 << 20;

fn process(pod: &Pod) -> Result<u32> {
    pod.process_id().context("the controller has ended")
}

/// A memory figure of the process, in bytes.
pub(crate) fn memory(pod: &Pod, field: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process(pod)?))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).context("no such field")?;
    let kilobytes: u64 = line.trim_matches([':', '\t', ' ', 'k', 'B']).parse()?;
    Ok(kilobytes << 10)
}

/// Resets the peak memory.
fn forget_peak(pod: &Pod) -> Result<()> {
    Ok(fs::write(format!("/proc/{}/clear_refs", process(pod)?), "5")?)
}

fn filled(size: usize, before: &str, entry: impl Fn(usize) -> String, after: &str) -> String {
    let mut text = String::from(before);
    let mut number = 0;
    while text.len() + after.len() + 100 < size {
        text += &entry(number);
        number += 1;
    }
    text + after
}

/// Bodies that use much memory, by what they hold.
fn bodies(item: &str) -> Vec<(&'static str, String)> {
    let head = r#"{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","metadata":{"name":"a","namespace":"b"},"spec":{"encryptedData":{}}"#;
    let json = |key: &str, entry: &dyn Fn(usize) -> String, last: &str, close: &str| {
        filled(BODY, &format!("{head},\"x\":{key}"), entry, &format!("{last}{close}}}"))
    };
    let yaml_head = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\nspec: {encryptedData: {}}\n";
    let yaml = |start: &str, entry: &dyn Fn(usize) -> String, end: &str| {
        filled(YAML, &format!("{yaml_head}{start}"), entry, end)
    };
    let items = head.replace(r#""encryptedData":{}}"#, r#""encryptedData":{"#);
    let labels = head.replace(r#""namespace":"b"}"#, r#""namespace":"b","labels":{"#);
    let half = (BODY - 1_000) / 2;
    vec![
        ("json: empty objects", json("[", &|_| r#"{"":0},"#.into(), "0", "]")),
        ("json: empty lists", json("[", &|_| "[],".into(), "0", "]")),
        ("json: nesting", format!("{head},\"x\":{}{}}}", "[".repeat(half), "]".repeat(half))),
        ("json: long key", format!("{head},\"{}\":0}}", "k".repeat(BODY - 1_000))),
        ("json: escapes", format!("{head},\"x\":\"{}\"}}", "\\n".repeat(half - 1_000))),
        ("json: many keys", json("{", &|number| format!(r#""{number:x}":0,"#), "\"l\":0", "}")),
        ("json: duplicate keys", json("{", &|_| r#""k":0,"#.into(), "\"l\":0", "}")),
        ("json: many items", filled(BODY, &items, |number| format!(r#""{number:x}":"","#), "\"l\":\"\"}}}")),
        (
            "json: many labels",
            filled(
                BODY,
                &labels,
                |number| format!(r#""{number:x}":"","#),
                "\"l\":\"\"}},\"spec\":{\"encryptedData\":{}}}",
            ),
        ),
        ("json: one large item", format!("{items}\"v\":\"{}\"}}}}}}", "A".repeat(BODY - 1_000))),
        ("json: an item that opens", format!("{items}\"v\":\"{item}\"}}}},\"x\":\"{}\"}}", "A".repeat(half))),
        ("yaml: empty objects", yaml("x:\n", &|_| "- {\"\": 0}\n".into(), "")),
        ("yaml: nesting", format!("{yaml_head}x: {}{}\n", "[".repeat(YAML / 3), "]".repeat(YAML / 3))),
        ("yaml: long key", format!("{yaml_head}? {}\n: 0\n", "k".repeat(YAML - 1_000))),
        ("yaml: long text", format!("{yaml_head}x: {}\n", "k".repeat(YAML - 1_000))),
        ("yaml: many keys", yaml("x:\n", &|number| format!("  k{number:x}: 0\n"), "")),
        ("yaml: duplicate keys", yaml("x:\n", &|_| "  k: 0\n".into(), "")),
        ("yaml: anchors", yaml("x:\n", &|number| format!("- &a{number:x} 0\n"), "")),
        ("yaml: aliases", yaml("y: &a [0,0,0,0,0,0,0,0,0,0]\nx:\n", &|_| "- *a\n".into(), "")),
        (
            "yaml: anchors within anchors",
            yaml("x:\n", &|number| format!("- &b{number:x} [&a{number:x} [0,0], 1]\n"), ""),
        ),
        ("yaml: comments", yaml("", &|_| "#c\n".into(), "")),
        ("yaml: documents", yaml("", &|_| "---\n".into(), "")),
        ("neither: braces", "{".repeat(YAML - 1_000)),
        ("neither: colons", ": ".repeat(YAML / 2 - 500)),
        ("neither: dashes", "- ".repeat(YAML / 2 - 500)),
        ("neither: quotes", "\"a\" ".repeat(YAML / 4 - 500)),
    ]
}

pub(crate) async fn a_body_takes_no_more_than_a_few_times_its_size(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.pod()?.flag("rate-limit", "1000").flag("rate-limit-burst", "1000");
            let mut pod = pod.start(&stage.lab).await?;
            pod.wait_ready().await?;
            let http = http_client().build()?;
            let post = async |path: &str, body: String| {
                anyhow::Ok(http.post(format!("{}{path}", pod.url())).body(body).send().await?.bytes().await?)
            };
            let sealed = stage
                .person
                .seal(
                    &json!({
                        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "a", "namespace": "b" },
                        "stringData": { "v": "v".repeat(700_000) },
                    }),
                    &[],
                )
                .await?;
            let item = sealed["spec"]["encryptedData"]["v"].as_str().context("no item")?;
            // Starts threads and buffers that stay.
            for path in ["/v1/verify", "/v1/rotate"] {
                post(path, "{}".into()).await?;
                post(path, " ".repeat(BODY)).await?;
            }
            let before = memory(&pod, "VmRSS")?;
            let mut measured = Vec::new();
            for (name, body) in bodies(item) {
                ensure!(body.len() <= BODY, "{name}: {} bytes", body.len());
                for path in ["/v1/verify", "/v1/rotate"] {
                    let rest = memory(&pod, "VmRSS")?;
                    forget_peak(&pod)?;
                    post(path, body.clone()).await?;
                    let peak = memory(&pod, "VmHWM")?.saturating_sub(rest);
                    measured.push(format!("{name} {path}: {} KiB more than {} KiB", peak >> 10, rest >> 10));
                    ensure!(peak <= MOST, "{}", measured.join("\n"));
                }
            }
            tokio::time::sleep(Duration::from_secs(15)).await;
            let left = memory(&pod, "VmRSS")?;
            ensure!(left <= before + LEFT, "{} KiB are held of {}", left >> 10, before >> 10);
            stop(pod).await
        })
        .await
}

/// Hundreds of SealedSecrets, and more hostile requests at once than are accepted.
pub(crate) async fn the_memory_limit_of_the_chart_holds(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: usize = 800;
    const AT_ONCE: usize = 40;
    stage
        .alone(async |namespace| {
            let limit = stage.memory_limit()? << 20;
            let mut pod = stage
                .pod()?
                .flag("rate-limit", "1000")
                .flag("rate-limit-burst", "1000")
                .start(&stage.lab)
                .await?;
            pod.wait_ready().await?;
            let secret =
                Person::secret(namespace, "any", &json!({ "a": "v".repeat(1_000), "b": "w".repeat(1_000) }));
            let sealed = stage.person.seal(&secret, &["--scope", "namespace-wide"]).await?;
            let apply = async |number: usize| {
                let mut object = sealed.clone();
                object["metadata"]["name"] = json!(format!("s{number}"));
                stage.person.apply(&object).await
            };
            let applying = async {
                for number in 0..OBJECTS {
                    apply(number).await?;
                }
                stage.person.sees_synced(namespace, &format!("s{}", OBJECTS - 1), ConditionStatus::True).await
            };
            let http = http_client().build()?;
            let requesting = async {
                for (name, body) in bodies("AgAB") {
                    let posts = (0..AT_ONCE).map(|number| {
                        let path = ["/v1/verify", "/v1/rotate"][number % 2];
                        // A request beyond the limit may be cut off.
                        http.post(format!("{}{path}", pod.url())).body(body.clone()).send()
                    });
                    futures::future::join_all(posts).await;
                    let peak = memory(&pod, "VmHWM")?;
                    ensure!(peak <= limit, "{name}: {} KiB", peak >> 10);
                }
                anyhow::Ok(())
            };
            tokio::try_join!(applying, requesting)?;
            stop(pod).await
        })
        .await
}

/// The names and the column `Synced` of the SealedSecrets in a namespace, as `kubectl get` prints them. The objects
/// stay at the API server.
async fn listed(stage: &Stage, namespace: &str) -> Result<Vec<(String, String)>> {
    let path = SealedSecret::url_path(&(), Some(namespace));
    let mut request = Request::new(format!("{path}?")).list(&ListParams::default())?;
    request
        .headers_mut()
        .insert(ACCEPT, HeaderValue::from_static("application/json;as=Table;g=meta.k8s.io;v=v1"));
    let path = format!("{}&includeObject=None", request.uri());
    *request.uri_mut() = path.parse()?;
    let table: Value = stage.lab.client().request(request).await?;
    let columns = table["columnDefinitions"].as_array().context("no columns")?;
    let column =
        |name: &str| columns.iter().position(|column| column["name"] == name).context("no such column");
    let (name, synced) = (column("Name")?, column("Synced")?);
    let text = |cell: &Value| cell.as_str().unwrap_or_default().to_owned();
    let rows = table["rows"].as_array().into_iter().flatten();
    Ok(rows.map(|row| (text(&row["cells"][name]), text(&row["cells"][synced]))).collect())
}

/// SealedSecrets as large as etcd accepts, and more than fit into the memory limit at once: at a start, at a restart,
/// and when they change.
pub(crate) async fn the_memory_limit_holds_for_large_sealed_secrets(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: usize = 90;
    const OPEN: usize = 6;
    stage
        .alone(async |namespace| {
            let limit = stage.memory_limit()? << 20;
            let start = async || {
                let mut pod = stage.pod()?.start(&stage.lab).await?;
                pod.wait_ready().await?;
                anyhow::Ok(pod)
            };
            let holds = |pod: &Pod, when: &str| {
                let peak = memory(pod, "VmHWM")?;
                ensure!(peak <= limit, "{when}: {} KiB", peak >> 10);
                anyhow::Ok(())
            };
            let pod = start().await?;
            let value = "v".repeat(1_000_000);
            let secret = Person::secret(namespace, "any", &json!({ "v": value }));
            let opens = stage.person.seal(&secret, &["--scope", "namespace-wide"]).await?;
            stop(pod).await?;
            let mut broken = opens.clone();
            broken["spec"]["encryptedData"]["v"] = json!("%".repeat(1_400_000));
            let create = async |number: usize| {
                let object = if number < OPEN { &opens } else { &broken };
                let object = object.to_string().replace(r#""name":"any""#, &format!(r#""name":"s{number}""#));
                let request = Request::new(SealedSecret::url_path(&(), Some(namespace)))
                    .create(&PostParams::default(), object.into_bytes())?;
                stage.lab.client().request_text(request).await.context("cannot create it")?;
                anyhow::Ok(())
            };
            futures::stream::iter(0..OBJECTS).map(create).buffer_unordered(4).try_collect::<()>().await?;
            let all_are_judged = async || {
                eventually(3 * SOON, "all of them are judged", async || {
                    let listed = listed(&stage, namespace).await?;
                    ensure!(listed.len() == OBJECTS, "{} are listed", listed.len());
                    let judged = |synced: &str| listed.iter().filter(|object| object.1 == synced).count();
                    let judged = (judged("True"), judged("False"));
                    ensure!(judged == (OPEN, OBJECTS - OPEN), "{judged:?} are synced and not");
                    Ok(())
                })
                .await
            };

            let pod = start().await?;
            all_are_judged().await?;
            holds(&pod, "at a start")?;
            stage.person.sees_values(namespace, "s0", &[("v", value.as_bytes())]).await?;
            stop(pod).await?;

            let pod = start().await?;
            // It is unsealed after everything that was listed before it.
            stage.person.seal_and_apply(&Person::secret(namespace, "new", &json!({ "v": "1" })), &[]).await?;
            stage.person.sees_synced(namespace, "new", ConditionStatus::True).await?;
            stage.person.delete_sealed(namespace, "new").await?;
            for number in 0..OPEN {
                let edited = json!({ "stringData": { "v": "edited" } });
                stage.person.patch_secret(namespace, &format!("s{number}"), &edited).await?;
            }
            for number in 0..OPEN {
                stage
                    .person
                    .sees_values(namespace, &format!("s{number}"), &[("v", value.as_bytes())])
                    .await?;
            }
            all_are_judged().await?;
            holds(&pod, "at a restart")?;
            stop(pod).await
        })
        .await
}

/// Finds these texts in the writable memory of the process.
fn found(pod: &Pod, wanted: &[Vec<u8>]) -> Result<Vec<String>> {
    let process = process(pod)?;
    let mut memory = File::open(format!("/proc/{process}/mem"))?;
    let mut findings = Vec::new();
    for line in fs::read_to_string(format!("/proc/{process}/maps"))?.lines() {
        let mut fields = line.split_whitespace();
        let (range, rights) = (fields.next().context("no range")?, fields.next().context("no rights")?);
        if !rights.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').context("no range")?;
        let (start, end) = (u64::from_str_radix(start, 16)?, u64::from_str_radix(end, 16)?);
        let mut bytes = Vec::new();
        memory.seek(SeekFrom::Start(start))?;
        // A mapping that was removed meanwhile holds nothing.
        let _ = (&mut memory).take(end - start).read_to_end(&mut bytes);
        for (number, wanted) in wanted.iter().enumerate() {
            let count = bytes.windows(wanted.len()).filter(|window| window == wanted).count();
            if count > 0 {
                findings.push(format!("text {number}, {count} times in {line}"));
            }
        }
    }
    Ok(findings)
}

/// Neither a process that made and stored a key nor one that read it keeps the key's PEM text, or that text in base64,
/// which passes through the buffers of connections to the API server.
pub(crate) async fn no_text_of_a_private_key_stays(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.start().await?;
            let before = stage.keys().await?;
            let renew = json!({ "metadata": { "annotations": { RENEW: "please" } } });
            stage
                .secrets()
                .patch(&before[0].name_any(), &PatchParams::default(), &Patch::Merge(renew))
                .await?;
            let keys = eventually(SOON, "there is one key more", async || {
                let keys = stage.keys().await?;
                ensure!(keys.len() == 2, "{} keys", keys.len());
                Ok(keys)
            })
            .await?;
            let mut wanted = Vec::new();
            for key in &keys {
                let pem = &key.data.as_ref().context("no data")?[PRIVATE_KEY].0;
                // From the middle, which is unique. Three bytes are four characters of base64.
                let middle = &pem[pem.len() / 6 * 3..][..42];
                wanted.push(middle.to_vec());
                wanted.push(STANDARD.encode(middle).into_bytes());
            }
            let none_is_found = async |pod: &Pod| {
                // Until the watch has shown the new key.
                tokio::time::sleep(Duration::from_secs(3)).await;
                eventually(WIPED, "no text of a private key is in memory", async || {
                    let findings = found(pod, &wanted)?;
                    ensure!(findings.is_empty(), "{}", findings.join("\n"));
                    Ok(())
                })
                .await
            };
            none_is_found(&pod).await.context("where it was made")?;
            stop(pod).await?;
            let pod = stage.start().await?;
            none_is_found(&pod).await.context("where it was read")?;
            stop(pod).await
        })
        .await
}

/// The other part of the setting cannot be seen from outside; a unit test checks it.
pub(crate) async fn it_dumps_no_core(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.start().await?;
            let limits = fs::read_to_string(format!("/proc/{}/limits", process(&pod)?))?;
            let core =
                limits.lines().find(|line| line.starts_with("Max core file size")).context("no limit")?;
            let values: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
            ensure!(values == ["0", "0"], "{core}");
            stop(pod).await
        })
        .await
}
