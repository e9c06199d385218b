//! [`unique`]: a map in which each name is given once.

use crate::base64::Base64;
use serde::Deserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// The message for a name that is given twice.
pub(crate) const TWICE: &str = "has a name that is given twice";

/// Decodes a map. A name that is given twice is an error, instead of the last value.
pub fn unique<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Base64>, D::Error> {
    struct Unique;
    impl<'de> Visitor<'de> for Unique {
        type Value = BTreeMap<String, Base64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map of names to base64")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((name, value)) = entries.next_entry::<String, Base64>()? {
                if map.insert(name, value).is_some() {
                    return Err(A::Error::custom(TWICE));
                }
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(Unique)
}
