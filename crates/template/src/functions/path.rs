//! Functions of paths with slashes. Sprig's `os…` functions are the same on Linux.

use crate::functions::signature::{Function, Type, text};
use crate::value::Value;

use Type::Text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base", &[Text], |engine, values| engine.text(base(text(values, 0)))),
    Function::new("osBase", &[Text], |engine, values| engine.text(base(text(values, 0)))),
    Function::new("dir", &[Text], |engine, values| engine.text(dir(text(values, 0)))),
    Function::new("osDir", &[Text], |engine, values| engine.text(dir(text(values, 0)))),
    Function::new("clean", &[Text], |engine, values| engine.text(clean(text(values, 0)))),
    Function::new("osClean", &[Text], |engine, values| engine.text(clean(text(values, 0)))),
    Function::new("ext", &[Text], |engine, values| engine.text(ext(text(values, 0)))),
    Function::new("osExt", &[Text], |engine, values| engine.text(ext(text(values, 0)))),
    Function::new("isAbs", &[Text], |_, values| Ok(Value::Bool(text(values, 0).starts_with(b"/")))),
    Function::new("osIsAbs", &[Text], |_, values| Ok(Value::Bool(text(values, 0).starts_with(b"/")))),
];

fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |index| index + 1);
    let trimmed = &path[..end];
    let name = trimmed.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    if name.is_empty() { b"/" } else { name }
}

fn dir(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(|byte| *byte == b'/').map_or(0, |index| index + 1);
    clean(&path[..end])
}

fn ext(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    name.iter().rposition(|byte| *byte == b'.').map_or(&[], |index| &name[index..])
}

/// The path without empty elements and `.`, and with `..` resolved.
fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", joined.as_slice()].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
