//! Scalars that users write without quotes where a string belongs, in every field that takes a string. The YAML parser
//! decides which of them are numbers, booleans, dates or null.

use std::sync::Arc;

use anyhow::Result;

use crate::case::Case;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

/// By the type that YAML 1.1, which Go reads, gives them.
const SCALARS: &[(&str, &[&str])] = &[
    ("integer", &["1", "-1", "+1", "007", "0o17", "0x1F", "0b11", "1_000", "!!int '5'", "-0"]),
    ("float", &["089", "1.5", ".5", "1.", "1e3", "1E+3", ".inf", "-.Inf", ".nan", "0.1e400"]),
    ("huge", &["12345678901234567890"]),
    ("boolean", &["true", "True", "FALSE", "yes", "No", "on", "OFF", "y", "N"]),
    ("null", &["null", "Null", "~", ""]),
    ("date", &["2020-01-01", "2020-01-01T10:00:00Z", "12:30:45", "190:20"]),
    ("tagged", &["!!str 5", "!!str true", "!!binary aGk=", "! 5"]),
    ("tag of others", &["!custom x", "!vault x"]),
    (
        "text",
        &[
            "plain",
            "two words",
            "'5'",
            "\"true\"",
            "héllo",
            "1,000",
            "a:b",
            "=",
            "NULL ",
            "tRue",
            "yEs",
            "nULL",
            ".nAn",
            "1 2",
            "0x",
            "_1",
            "-",
            "1.2.3",
        ],
    ),
    (
        "syntax",
        &[
            "<<", "a: b", "a #b", "@at", "`tick`", "%percent", "*star", "&amp x", "- dash", "? x", "|", ">",
            "[", "}", "#",
        ],
    ),
];

/// The expected type, a name, and a Secret with `@` where the scalar goes.
const PLACES: [(&str, &str, &str); 9] = [
    ("text", "value", "stringData:\n  k: @\nmetadata:\n  name: db\n  namespace: shop\n"),
    ("text", "label", "stringData: {k: v}\nmetadata:\n  name: db\n  namespace: shop\n  labels:\n    l: @\n"),
    ("text", "type", "stringData: {k: v}\nmetadata:\n  name: db\n  namespace: shop\ntype: @\n"),
    ("text", "name", "stringData: {k: v}\nmetadata:\n  name: @\n  namespace: shop\n"),
    ("text", "namespace", "stringData: {k: v}\nmetadata:\n  name: db\n  namespace: @\n"),
    ("key", "of a value", "stringData:\n  @: v\nmetadata:\n  name: db\n  namespace: shop\n"),
    (
        "key",
        "of a label",
        "stringData: {k: v}\nmetadata:\n  name: db\n  namespace: shop\n  labels:\n    @: l\n",
    ),
    ("bytes", "value", "data:\n  k: @\nmetadata:\n  name: db\n  namespace: shop\n"),
    ("boolean", "immutable", "stringData: {k: v}\nmetadata:\n  name: db\n  namespace: shop\nimmutable: @\n"),
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    judge(&stage, Family::Scalars, cases()).await
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (belongs, place, template) in PLACES {
        for (class, scalars) in SCALARS {
            for scalar in *scalars {
                let text = format!("apiVersion: v1\nkind: Secret\n{}", template.replacen('@', scalar, 1));
                cases.push(Case::seal(format!("{belongs} {place}, {class} {scalar}"), text));
            }
        }
    }
    cases
}
