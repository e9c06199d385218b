//! Several objects in one input: documents, lists, JSON objects without separators, output of helm and kubectl, and one
//! broken document among sound ones.

use std::sync::Arc;

use anyhow::Result;

use crate::case::Case;
use crate::families::JSON;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const A: &str =
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  namespace: shop\nstringData:\n  k: a\n";
const B: &str =
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: b\n  namespace: other\nstringData:\n  k: b\n";
const CONFIG_MAP: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {k: v}\n";
const SEALED: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: s, namespace: shop}\nspec: {encryptedData: {}}\n";

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let mut cases = Vec::new();
    for (name, text) in documents().into_iter().chain(objects()).chain(lists()).chain(broken()) {
        for args in ["", "-o yaml"] {
            cases.push(Case::seal(format!("{name} {args}"), &text).args(args));
        }
    }
    judge(&stage, Family::Streams, cases).await
}

fn documents() -> Vec<(&'static str, String)> {
    vec![
        ("one", A.into()),
        ("two", format!("{A}---\n{B}")),
        ("two, separator first", format!("---\n{A}---\n{B}")),
        ("two, separators everywhere", format!("---\n---\n{A}---\n---\n\n---\n{B}---\n---\n")),
        ("separator with a comment", format!("--- # first\n{A}--- # second\n{B}")),
        ("separator with spaces", format!("---   \n{A}---  \n{B}")),
        ("separator with CRLF", format!("{A}---\n{B}").replace('\n', "\r\n")),
        (
            "separator with content",
            format!(
                "{A}--- {{kind: Secret, metadata: {{name: b, namespace: shop}}, stringData: {{k: v}}}}\n"
            ),
        ),
        ("four dashes", format!("{A}----\n{B}")),
        ("separator that is indented", format!("{A} ---\n{B}")),
        ("comments only between", format!("# head\n{A}---\n# nothing here\n---\n{B}---\n# tail\n")),
        ("comment before the first separator", format!("# head\n---\n{A}")),
        ("spaces only between", format!("{A}---\n   \n---\n{B}")),
        ("null document", format!("{A}---\nnull\n---\n{B}")),
        ("empty object", format!("{A}---\n{{}}\n---\n{B}")),
        (
            "helm output",
            format!(
                "---\n# Source: x/templates/a.yaml\n{A}---\n# Source: x/templates/empty.yaml\n---\n# Source: x/templates/b.yaml\n\n{B}\n"
            ),
        ),
        ("same name twice", format!("{A}---\n{A}")),
        ("end markers", format!("{A}...\n---\n{B}...\n")),
        ("nothing", String::new()),
        ("only spaces", "  \n\n".into()),
        ("only a separator", "---\n".into()),
        ("only separators", "---\n---\n---\n".into()),
        ("only a comment", "# nothing\n".into()),
        ("only null", "null\n".into()),
        ("many", many(40)),
    ]
}

fn many(count: usize) -> String {
    let documents = (0..count).map(|number| A.replace("name: a", &format!("name: n{number}")));
    documents.collect::<Vec<_>>().join("---\n")
}

fn objects() -> Vec<(&'static str, String)> {
    let other = JSON.replace("db", "other");
    vec![
        ("JSON", JSON.into()),
        ("JSON in a row", format!("{JSON}{other}")),
        ("JSON by line", format!("{JSON}\n{other}\n")),
        ("JSON by documents", format!("{JSON}\n---\n{other}\n")),
        ("JSON after a separator", format!("---\n{JSON}\n")),
        ("JSON in an array", format!("[{JSON},{other}]")),
        ("JSON then YAML", format!("{JSON}\n---\n{A}")),
        ("YAML then JSON", format!("{A}---\n{JSON}\n")),
        ("JSON then YAML without a separator", format!("{JSON}\n{A}")),
        ("JSON after spaces", format!("  \n\n{JSON}")),
        ("JSON null", "null".into()),
        ("JSON empty object", "{}".into()),
    ]
}

fn lists() -> Vec<(&'static str, String)> {
    let item = |text: &str| format!("- {}", text.trim_end().replace('\n', "\n  "));
    let list = |kind: &str, items: &[&str]| {
        let items: Vec<String> = items.iter().map(|text| item(text)).collect();
        format!(
            "apiVersion: v1\nkind: {kind}\nmetadata:\n  resourceVersion: ''\nitems:\n{}\n",
            items.join("\n")
        )
    };
    let bare = "metadata: {name: x, namespace: shop}\nstringData: {k: v}";
    vec![
        ("List of two", list("List", &[A, B])),
        ("SecretList of two", list("SecretList", &[A, B])),
        ("List of items without a kind", list("List", &[bare])),
        ("SecretList of items without a kind", list("SecretList", &[bare])),
        ("List with something else", list("List", &[A, CONFIG_MAP])),
        ("List of lists", list("List", &[&list("List", &[A, B])])),
        ("empty List", "apiVersion: v1\nkind: List\nitems: []\n".into()),
        ("List without items", "apiVersion: v1\nkind: List\n".into()),
        ("List with null items", "apiVersion: v1\nkind: List\nitems:\n".into()),
        ("List with a null item", "apiVersion: v1\nkind: List\nitems: [null]\n".into()),
        ("List and a document", format!("{}---\n{B}", list("List", &[A]))),
        ("List in JSON", format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{JSON},{JSON}]}}")),
        ("List without a version", format!("{{\"kind\":\"List\",\"items\":[{JSON}]}}")),
    ]
}

fn broken() -> Vec<(&'static str, String)> {
    vec![
        ("broken in the middle", format!("{A}---\na: [b\n---\n{B}")),
        ("broken at the end", format!("{A}---\na: [b\n")),
        ("broken JSON in a row", format!("{JSON}{{\"kind\":")),
        ("something after JSON", format!("{JSON} and more")),
        ("ConfigMap between", format!("{A}---\n{CONFIG_MAP}---\n{B}")),
        ("ConfigMap alone", CONFIG_MAP.into()),
        ("SealedSecret between", format!("{A}---\n{SEALED}---\n{B}")),
        ("SealedSecret alone", SEALED.into()),
        ("text between", format!("{A}---\nhello\n---\n{B}")),
        ("list between", format!("{A}---\n- a\n---\n{B}")),
        ("one without data", format!("{A}---\nkind: Secret\nmetadata: {{name: x, namespace: shop}}\n")),
        ("one without a name", format!("{A}---\nkind: Secret\nstringData: {{k: v}}\n---\n{B}")),
    ]
}
