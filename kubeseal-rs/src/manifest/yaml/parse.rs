//! `parse`: one document into nodes. JSON may put several objects into one document, as upstream reads it.

use crate::manifest::yaml::invalid::InvalidManifest;
use crate::manifest::yaml::node::{YamlNode, YamlValue};
use serde::de::IgnoredAny;
use serde_saphyr::Error as YamlError;
use serde_saphyr::options;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use yaml_edit_in_place::limits::{alias_limits, budget};
use yaml_edit_in_place::split::DocumentText;
use yaml_edit_in_place::{LineBreak, Position};

/// A document that does not parse.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Number of objects before it, in the same document, that parse.
    pub sound: usize,
    pub position: Option<Position>,
    /// The field with the error, if it is known.
    pub field: Option<String>,
    pub error: InvalidManifest,
}

/// Every object of the document. Positions are those in the whole stream.
pub(crate) fn parse(document: DocumentText<'_>) -> Result<Vec<YamlNode>, Broken> {
    let text = document.text;
    let mut parsed = match text.trim_start().strip_prefix('{') {
        // Objects with unquoted keys are YAML; others that do not parse are broken JSON, for which YAML's error would
        // be less helpful.
        Some(object) => json(text).or_else(|broken| {
            yaml(text).map_err(|yaml| {
                let is_json = object.trim_start().starts_with('"');
                if is_json { broken } else { yaml }
            })
        }),
        None => yaml(text),
    };
    let lines_before = document.first_line - 1;
    match &mut parsed {
        Ok(nodes) => nodes.iter_mut().for_each(|node| shift(node, lines_before)),
        Err(broken) => shift_position(&mut broken.position, lines_before),
    }
    parsed
}

/// Every object of the document, for readers that search the nodes for a key: one that occurs twice is an error. kubectl would take its last value, and a search
/// the first one. In YAML the parser refuses it, and in JSON `FieldReader`, which knows the object's name.
pub(crate) fn parse_without_repeated_keys(document: DocumentText<'_>) -> Result<Vec<YamlNode>, Broken> {
    let nodes = parse(document)?;
    let repeated =
        nodes.iter().enumerate().find_map(|(sound, node)| Some((sound, node.position, node.repeated_key()?)));
    match repeated {
        None => Ok(nodes),
        Some((sound, position, (path, key))) => {
            let field = Some(path).filter(|path| !path.is_empty());
            Err(Broken { sound, position, field, error: InvalidManifest::DuplicateKey(key) })
        }
    }
}

/// Whether another program may read the document, one that lets a key occur twice, takes any tag and has no bounds.
pub(crate) fn is_readable_by_others(text: &str) -> bool {
    if serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>().all(|object| object.is_ok()) {
        return true;
    }
    let options = options! {
        with_snippet: false,
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        budget: budget(text),
        alias_limits: alias_limits(text),
    };
    match serde_saphyr::from_str_with_options::<YamlNode>(text, options) {
        Ok(_) => true,
        // What is too large, and what is wrong with an alias, shows nothing about the rest.
        Err(error) => !matches!(yaml_error(&error), InvalidManifest::Yaml(_)),
    }
}

fn json(text: &str) -> Result<Vec<YamlNode>, Broken> {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<YamlNode>();
    let mut cursor = Cursor::default();
    let mut nodes = Vec::new();
    loop {
        let rest = &text[objects.byte_offset()..];
        let spaces = rest.len() - rest.trim_start().len();
        cursor.advance(text, objects.byte_offset() + spaces);
        let position = Some(cursor.position());
        match objects.next() {
            None => return Ok(nodes),
            Some(Ok(node)) => nodes.push(YamlNode { position, ..node }),
            Some(Err(error)) => {
                return Err(Broken {
                    sound: nodes.len(),
                    position: Some(Position { line: error.line(), column: Some(error.column()) }),
                    field: None,
                    error: InvalidManifest::Json(json_words(&error)),
                });
            }
        }
    }
}

/// A position in a text, which only moves forward: a stream may hold thousands of objects.
#[derive(Default)]
struct Cursor {
    offset: usize,
    lines_before: usize,
    characters_before: usize,
}

impl Cursor {
    fn advance(&mut self, text: &str, offset: usize) {
        let passed = &text[self.offset..offset];
        let on_line = match passed.rfind('\n') {
            Some(newline) => {
                self.lines_before += passed.matches('\n').count();
                self.characters_before = 0;
                &passed[newline + 1..]
            }
            None => passed,
        };
        self.characters_before += on_line.chars().count();
        self.offset = offset;
    }

    fn position(&self) -> Position {
        Position { line: self.lines_before + 1, column: Some(self.characters_before + 1) }
    }
}

/// `serde_json`'s messages about broken syntax show no text of the input; those about other errors may.
fn json_words(error: &serde_json::Error) -> String {
    if error.is_syntax() || error.is_eof() {
        let words = error.to_string();
        words.split(" at line ").next().unwrap_or_default().to_owned()
    } else {
        "it cannot be decoded".into()
    }
}

fn yaml(text: &str) -> Result<Vec<YamlNode>, Broken> {
    let options = options! {
        // A snippet is a line of the input, which may hold the value.
        with_snippet: false,
        legacy_octal_numbers: true,
        // Without this, `password: !hunter2` would be an empty value with an unknown tag.
        reject_unsupported_tags: true,
        // No syntax error: they are numbers, about which the field has its own error.
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        budget: budget(text),
        alias_limits: alias_limits(text),
    };
    let parsed = serde_saphyr::from_str_with_options::<YamlNode>(text, options);
    if let Some((line_break, position)) = LineBreak::first_in(text) {
        let field =
            parsed.ok().and_then(|node| field_with(&node, &|text| LineBreak::first_in(text).is_some()));
        let error = InvalidManifest::LineBreak(line_break);
        return Err(Broken { sound: 0, position: Some(position), field, error });
    }
    parsed.map(|node| vec![node]).map_err(|error| Broken {
        sound: 0,
        position: yaml_position(&error),
        field: None,
        error: yaml_error(&error),
    })
}

/// The path of the first text in `node` for which `holds` is true.
fn field_with(node: &YamlNode, holds: &dyn Fn(&str) -> bool) -> Option<String> {
    match &node.value {
        YamlValue::Text(text) => holds(text).then(String::new),
        YamlValue::List(items) => items.iter().find_map(|item| field_with(item, holds)),
        // The values of the map; its keys are the path itself, and could not be shown.
        YamlValue::Map(_) => node.entries().filter(|(key, _)| !holds(key)).find_map(|(key, value)| {
            let rest = field_with(value, holds)?;
            Some(if rest.is_empty() { key.to_owned() } else { format!("{key}.{rest}") })
        }),
        YamlValue::Null | YamlValue::Boolean(_) | YamlValue::Number => None,
    }
}

fn yaml_position(error: &YamlError) -> Option<Position> {
    let location = error.location()?;
    let line = usize::try_from(location.line()).ok().filter(|line| *line > 0)?;
    Some(Position { line, column: usize::try_from(location.column()).ok() })
}

/// Passes on only messages that are known to show nothing of the input.
fn yaml_error(error: &YamlError) -> InvalidManifest {
    match error.without_snippet() {
        YamlError::DuplicateMappingKey { key: Some(key), .. } => InvalidManifest::DuplicateKey(key.clone()),
        YamlError::UnknownAnchor { .. } => InvalidManifest::UnknownAnchor,
        YamlError::AliasError { error, .. } => yaml_error(error),
        YamlError::Budget { .. }
        | YamlError::AliasReplayLimitExceeded { .. }
        | YamlError::AliasExpansionLimitExceeded { .. }
        | YamlError::AliasReplayStackDepthExceeded { .. } => InvalidManifest::TooLarge,
        // The parser's own, fixed sentences; this one would show a character.
        YamlError::ExternalMessage { msg, .. } if !msg.starts_with("unexpected character") => {
            InvalidManifest::Yaml(msg.clone())
        }
        _ => InvalidManifest::Yaml("there is text that does not belong there".into()),
    }
}

fn shift(node: &mut YamlNode, lines: usize) {
    shift_position(&mut node.position, lines);
    match &mut node.value {
        YamlValue::List(items) => items.iter_mut().for_each(|item| shift(item, lines)),
        YamlValue::Map(entries) => entries.iter_mut().for_each(|(_, value)| shift(value, lines)),
        YamlValue::Null | YamlValue::Boolean(_) | YamlValue::Number | YamlValue::Text(_) => {}
    }
}

fn shift_position(position: &mut Option<Position>, lines: usize) {
    if let Some(position) = position {
        position.line += lines;
    }
}
