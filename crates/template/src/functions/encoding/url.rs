//! Functions of URLs, which are dicts in templates.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, dict, text};
use crate::packages::url::{Url, User, parse};
use crate::text::Text;
use crate::value::{Elem, Value};
use zeroize::Zeroizing;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("urlParse", &[Type::Text], |engine, values| {
        engine.budget().memory(text(values, 0).len() * 2)?;
        let url = parse(text(values, 0)).ok_or_else(|| Cause::evaluation("unable to parse the URL"))?;
        let user = url.user.as_ref().map(User::text).unwrap_or_default();
        let hostname = url.hostname().to_vec();
        let map = engine.map(Elem::Any)?;
        for (name, value) in [
            ("scheme", url.scheme),
            ("host", url.host),
            ("hostname", hostname),
            ("path", url.path),
            ("query", url.query),
            ("opaque", url.opaque),
            ("fragment", url.fragment),
            ("userinfo", user),
        ] {
            engine.put(&map, Text::new(Zeroizing::new(name.into())), engine.text(value)?)?;
        }
        Ok(Value::Map(map))
    }),
    Function::new("urlJoin", &[Type::Map], join),
];

fn join(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let map = dict(values, 0)?;
    let part = |name: &str| match map.get(engine.budget(), name.as_bytes())? {
        None => Ok(Vec::new()),
        Some(Value::Text(text)) => {
            engine.budget().memory(text.len() * 3)?;
            Ok(text.to_vec())
        }
        Some(other) => {
            Err(Cause::evaluation(format!("{name} must be a string, and is a {}", other.type_name())))
        }
    };
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user: None,
    };
    let user = part("userinfo")?;
    if !user.is_empty() {
        let whole = [b"proto://", user.as_slice(), b"@host"].concat();
        url.user = parse(&whole).ok_or_else(|| Cause::evaluation("unable to parse userinfo"))?.user;
    }
    engine.text(url.text())
}
