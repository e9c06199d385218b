//! [`YamlNode`]: a piece of YAML or JSON, with its line.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;
use yaml_edit_in_place::Position;

/// A piece of a document. It has no Debug: it holds values.
pub(crate) struct YamlNode {
    /// Where it begins, if the parser knows that.
    pub position: Option<Position>,
    pub value: YamlValue,
}

/// The content of a node. Numbers are not stored: no field of a Secret that is read is one.
pub(crate) enum YamlValue {
    Null,
    Boolean(bool),
    Number,
    Text(String),
    List(Vec<YamlNode>),
    Map(Vec<(Key, YamlNode)>),
}

/// A key of a map.
pub(crate) enum Key {
    Text(String),
    /// A key of another type in YAML, such as `yes`, by the name of the type.
    Other(&'static str),
}

impl YamlValue {
    /// The type of the node, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean(_) => "a boolean",
            Self::Number => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl YamlNode {
    /// The text, if it is a string.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            YamlValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries, if it is a map. A key that is no string in YAML has the name of its type.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        let entries = match &self.value {
            YamlValue::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, value)| match key {
            Key::Text(key) => (key.as_str(), value),
            Key::Other(kind) => (*kind, value),
        })
    }

    /// The value of a key, if it is a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// The first map in it with a key that occurs twice: the path of the map, and the key.
    pub(crate) fn repeated_key(&self) -> Option<(String, String)> {
        match &self.value {
            YamlValue::List(items) => items.iter().find_map(Self::repeated_key),
            YamlValue::Map(entries) => {
                // Other keys, such as `1.1`, have no text to compare.
                let mut keys: Vec<&str> = Vec::with_capacity(entries.len());
                for (key, _) in entries {
                    if let Key::Text(key) = key {
                        keys.push(key);
                    }
                }
                keys.sort_unstable();
                if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
                    return Some((String::new(), pair[0].to_owned()));
                }
                self.entries().find_map(|(key, node)| {
                    let (path, repeated) = node.repeated_key()?;
                    Some((if path.is_empty() { key.to_owned() } else { format!("{key}.{path}") }, repeated))
                })
            }
            YamlValue::Null | YamlValue::Boolean(_) | YamlValue::Number | YamlValue::Text(_) => None,
        }
    }

    /// The value at a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}

impl<'de> Deserialize<'de> for YamlNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<YamlValue>::deserialize(deserializer)?;
        let location = spanned.referenced;
        let position = usize::try_from(location.line())
            .ok()
            .map(|line| Position { line, column: usize::try_from(location.column()).ok() })
            .filter(|position| position.line > 0);
        Ok(Self { position, value: spanned.value })
    }
}

impl<'de> Deserialize<'de> for YamlValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = YamlValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Null)
    }

    fn visit_none<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<YamlValue, D::Error> {
        YamlValue::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<YamlValue, E> {
        Ok(YamlValue::Boolean(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<YamlValue, E> {
        Ok(YamlValue::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<YamlValue, E> {
        Ok(YamlValue::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<YamlValue, E> {
        Ok(YamlValue::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<YamlValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(YamlValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<YamlValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(YamlValue::Map(entries))
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, text: &str) -> Result<Key, E> {
        Ok(Key::Text(text.to_owned()))
    }

    // Whole numbers have one spelling, the one that Go gives them too.
    fn visit_i64<E>(self, number: i64) -> Result<Key, E> {
        Ok(Key::Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Key, E> {
        Ok(Key::Text(number.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Key, E> {
        Ok(Key::Other("a number"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Key, E> {
        Ok(Key::Other("a boolean"))
    }

    fn visit_unit<E>(self) -> Result<Key, E> {
        Ok(Key::Other("nothing"))
    }
}
