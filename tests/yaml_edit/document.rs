//! [`File`]: a random file of YAML or JSON documents, one of which is edited. `written` turns it into text.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Keys as they are written, with the text that the editor is given. Those without a text are no text in YAML 1.1: they are in the way, and
/// not edited.
pub(crate) const KEYS: [(&str, Option<&str>); 13] = [
    ("a", Some("a")),
    ("tls.crt", Some("tls.crt")),
    (".dockerconfigjson", Some(".dockerconfigjson")),
    ("app.io/name", Some("app.io/name")),
    ("\u{e9}\u{1f600}", Some("\u{e9}\u{1f600}")),
    ("a+b", Some("a+b")),
    ("'it''s'", Some("it's")),
    ("\"a#b\"", Some("a#b")),
    ("'x: |+'", Some("x: |+")),
    ("\"null\"", Some("null")),
    ("1", Some("1")),
    ("on", None),
    ("0x1f", None),
];

/// Other documents of the file.
const NEIGHBOURS: [&str; 8] = [
    "kind: Ended\n...\n",
    "# only a comment\n",
    "kind: ConfigMap\ndata: &all\n  a: |+\n    text\n     more\n\n  b: \"x: y\"\ncopy: *all\n",
    "{\"kind\": \"ConfigMap\", \"data\": {\"a\":\t1}}\n",
    "- one\n-   two: [1, {three: 3}, 'it''s']\n",
    "kind: Other\ntext: >-\n  folded\n  text # which is no comment\n",
    "base: &base {a: 1}\nmerged:\n  <<: *base\n  b: 2\n",
    "",
];

/// Lines above an entry. Each comment begins with `# `. None begins with an empty line, which would become part of a block with `+` when
/// the entry between them is removed.
const ABOVE: [&str; 5] = ["", "", "", "# about the next: {\n", "# \u{e9} - a: |\n\n"];

/// What may stand behind a value on its line.
const BEHIND: [&str; 5] = ["", "", " # why: \"that\"", "   # a | b > c, d }", "\t# behind a tab"];

/// Values that are spelled out. The editor has to understand those of `ODD`, or to refuse the edit.
const FIXED: [&str; 9] = ["", "~", "null", "1", "0o14", "true", "{}", "[]", "2020-01-01"];
const ODD: [&str; 14] = [
    "*scalar",
    "*map",
    "&other x",
    "!!binary QWdB",
    "!!int 5",
    "!mine x",
    "!!null ~",
    "!!map {}",
    "!!set {x}",
    "? x",
    "{x}",
    "{x: }",
    "- x\n-",
    "&map {a: b}",
];

/// The entry by which the edited document is known.
pub(crate) const MARK: &str = "Edited";

/// Lines that begin an odd document, with anchors for `*scalar` and `*map`.
pub(crate) const ANCHORS: &str = "base: &scalar AgS\nbases: &map {a: AgA, tls.crt: AgT}\n";

#[derive(Debug, Clone)]
pub(crate) struct File {
    pub before: Vec<&'static str>,
    pub root: Map,
    pub after: Vec<&'static str>,
    pub separator: &'static str,
    pub layout: Layout,
}

/// How the edited document is written.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is chosen by chance, apart from the others")]
pub(crate) struct Layout {
    /// Of maps in maps, from 1.
    pub step: usize,
    pub is_json: bool,
    pub has_crlf: bool,
    pub ends_with_line_end: bool,
    /// Whether the items of a list are indented more than its key.
    pub indents_items: bool,
    /// Whether it has anchors, and what only some parsers understand.
    pub is_odd: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Node {
    Scalar(Spelling, String),
    Fixed(&'static str),
    Map(Map),
    List(List),
}

#[derive(Debug, Clone)]
pub(crate) struct Map {
    pub braces: Option<Braces>,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
pub(crate) struct List {
    pub braces: Option<Braces>,
    pub items: Vec<Node>,
}

/// A map or list in braces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Braces {
    /// Whether each entry has a line.
    pub on_lines: bool,
    /// Whether a comma follows the last entry.
    pub last_comma: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub above: &'static str,
    /// `? key`, with the colon on the next line.
    pub is_explicit: bool,
    pub key: (&'static str, Option<&'static str>),
    /// Whether a value on one line is on the line below the key.
    pub is_below: bool,
    pub value: Node,
    pub behind: &'static str,
}

/// How a text is written. Where a spelling does not fit, as a block in braces, it is in double quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Plain,
    Single,
    Double,
    /// Two lines below a header.
    Block(&'static str),
    PlainOnTwoLines,
    DoubleOnTwoLines,
    Tagged,
    Anchored,
}

const SPELLINGS: [Spelling; 13] = [
    Spelling::Plain,
    Spelling::Plain,
    Spelling::Single,
    Spelling::Double,
    Spelling::Block("|"),
    Spelling::Block("|-"),
    Spelling::Block("|+"),
    Spelling::Block(">"),
    Spelling::Block(">-"),
    Spelling::PlainOnTwoLines,
    Spelling::DoubleOnTwoLines,
    Spelling::Tagged,
    Spelling::Anchored,
];

fn braces() -> impl Strategy<Value = Option<Braces>> {
    let braces =
        (any::<bool>(), any::<bool>()).prop_map(|(on_lines, last_comma)| Braces { on_lines, last_comma });
    prop_oneof![2 => Just(None), 1 => braces.prop_map(Some)]
}

fn node(is_odd: bool) -> impl Strategy<Value = Node> {
    let scalar = (select(&SPELLINGS[..]), "Ag[A-Za-z0-9+/]{4,20}")
        .prop_map(|(spelling, text)| Node::Scalar(spelling, text));
    let odd = select(&ODD[..]).prop_map(Node::Fixed);
    let leaf =
        prop_oneof![6 => scalar, 1 => select(&FIXED[..]).prop_map(Node::Fixed), u32::from(is_odd) * 3 => odd];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        let list = (braces(), proptest::collection::vec(inner.clone(), 1..4));
        prop_oneof![3 => map(inner, is_odd).prop_map(Node::Map), 1 => list.prop_map(|(braces, items)| Node::List(List { braces, items }))]
    })
}

/// An odd map may end with a merge key.
fn map(inner: impl Strategy<Value = Node> + Clone + 'static, is_odd: bool) -> impl Strategy<Value = Map> {
    let entries = subsequence(&KEYS[..], 1..5)
        .prop_shuffle()
        .prop_flat_map(move |keys| keys.into_iter().map(|key| entry(key, inner.clone())).collect::<Vec<_>>());
    let is_merged = proptest::bool::weighted(if is_odd { 0.3 } else { 0.0 });
    (braces(), entries, is_merged).prop_map(|(braces, mut entries, is_merged)| {
        entries.extend(is_merged.then(|| Entry::plain("<<", "*map")));
        Map { braces, entries }
    })
}

impl Entry {
    /// An entry that is not edited.
    fn plain(key: &'static str, value: &'static str) -> Self {
        let (is_explicit, is_below) = (false, false);
        Self { above: "", is_explicit, key: (key, None), is_below, value: Node::Fixed(value), behind: "" }
    }
}

fn entry(
    key: (&'static str, Option<&'static str>),
    value: impl Strategy<Value = Node>,
) -> impl Strategy<Value = Entry> {
    let rarely = || proptest::bool::weighted(0.08);
    (select(&ABOVE[..]), rarely(), rarely(), value, select(&BEHIND[..])).prop_map(
        move |(above, is_explicit, is_below, value, behind)| Entry {
            above,
            is_explicit,
            key,
            is_below,
            value,
            behind,
        },
    )
}

/// A file that every reader understands; an odd one if `is_odd`.
pub(crate) fn file(is_odd: bool) -> impl Strategy<Value = File> {
    let neighbours = || proptest::collection::vec(select(&NEIGHBOURS[..]), 0..3);
    let json = proptest::bool::weighted(if is_odd { 0.0 } else { 0.15 });
    let last_line_end = proptest::bool::weighted(if is_odd { 1.0 } else { 0.8 });
    let layout = (1_usize..5, json, any::<bool>(), last_line_end, any::<bool>()).prop_map(
        move |(step, is_json, has_crlf, ends_with_line_end, indents_items)| Layout {
            step,
            is_json,
            has_crlf,
            ends_with_line_end,
            indents_items,
            is_odd,
        },
    );
    let separator = select(&["---\n", "--- # next\n", "---\n# note\n\n"][..]);
    (neighbours(), map(node(is_odd).boxed(), is_odd), neighbours(), separator, layout).prop_map(
        |(before, mut root, after, separator, layout)| {
            root.entries.insert(0, Entry::plain("kind", MARK));
            File { before, root, after, separator, layout }
        },
    )
}
