//! Prints one value by one verb; lists and maps item by item.

use super::printer::Printer;
use crate::error::{Cause, Result};
use crate::value::{Elem, IntKind, List, Map, Value, certificate_fields, version_fields};

impl Printer<'_, '_, '_> {
    pub(super) fn argument(&mut self, value: &Value, verb: char) -> Result<()> {
        match (value, verb) {
            (Value::Nil | Value::NilInterface, 'v' | 'T') => self.padded(b"<nil>"),
            (Value::Nil | Value::NilInterface, _) => self.misfit(value, verb),
            (_, 'T') => self.string(value.type_name().as_bytes(), 's'),
            (Value::List(_) | Value::Map(_), 'p') => {
                Err(Cause::evaluation("%p is not supported: a value has no address here"))
            }
            _ => self.value(value, verb, 0),
        }
    }

    fn value(&mut self, value: &Value, verb: char, depth: usize) -> Result<()> {
        self.engine.budget().steps(1)?;
        self.engine.budget().nested(depth)?;
        if let Some(own) = self.own_text(value, verb) {
            return self.string(own.as_bytes(), verb);
        }
        match value {
            Value::Nil | Value::NilInterface if self.layout.source => self.out.push(b"interface {}(nil)"),
            Value::Nil | Value::NilInterface => self.out.push(b"<nil>"),
            Value::Bool(truth) if matches!(verb, 't' | 'v') => {
                self.padded(if *truth { b"true" } else { b"false" })
            }
            Value::Int(kind, number) if "vdboOxXcqU".contains(verb) => {
                self.integer(*number, kind.is_unsigned(), verb)
            }
            Value::Float(number) if "vbgGxXfFeE".contains(verb) => self.float(*number, verb),
            Value::Text(text) if "vsxXq".contains(verb) => self.string(text, verb),
            Value::List(list) => self.list(list, verb, depth),
            Value::Map(map) => self.map(map, verb, depth),
            // In a list or map, Go prints the address.
            Value::Version(version) if version.is_pointer() && depth > 0 => {
                Err(Cause::evaluation(format!("%{verb} of a version in a value is not supported")))
            }
            Value::Version(version) => {
                self.out.push(if version.is_pointer() { b"&" } else { b"" })?;
                self.fields(&version_fields(self.engine.budget(), version)?, "semver.Version", verb, depth)
            }
            Value::Certificate(certificate) => {
                self.fields(&certificate_fields(certificate), "sprig.certificate", verb, depth)
            }
            Value::Time(_) => Err(Cause::evaluation(format!("%{verb} of a time is not supported"))),
            _ => self.misfit(value, verb),
        }
    }

    /// The text of a value that has a method `String`. Only for verbs of strings, and not as Go source.
    fn own_text(&self, value: &Value, verb: char) -> Option<String> {
        if self.complaining || self.layout.source || !"vsxXq".contains(verb) {
            return None;
        }
        match value {
            Value::Int(kind @ (IntKind::Month | IntKind::Weekday | IntKind::Duration), number) => {
                Some(kind.name_of(*number))
            }
            Value::Time(moment) => Some(moment.to_string()),
            Value::Version(version) => Some(version.to_string()),
            _ => None,
        }
    }

    /// `%!d(string=abc)`: the verb does not fit the value.
    fn misfit(&mut self, value: &Value, verb: char) -> Result<()> {
        self.complaining = true;
        self.out.push_str(&format!("%!{verb}("))?;
        if value.is_nil() {
            self.out.push(b"<nil>")?;
        } else {
            self.out.push_str(value.type_name())?;
            self.out.push(b"=")?;
            self.value(value, 'v', 0)?;
        }
        self.out.push(b")")?;
        self.complaining = false;
        Ok(())
    }

    fn list(&mut self, list: &List, verb: char, depth: usize) -> Result<()> {
        let source = self.layout.source;
        if source {
            let name = Value::List(list.clone()).type_name();
            self.out.push_str(name)?;
            if list.is_nil() {
                return self.out.push(b"(nil)");
            }
        }
        self.out.push(if source { b"{" } else { b"[" })?;
        for index in 0..list.len() {
            if index > 0 {
                self.out.push(if source { b", " } else { b" " })?;
            }
            if let Some(item) = list.get(index) {
                self.value(&item, verb, depth + 1)?;
            }
        }
        self.out.push(if source { b"}" } else { b"]" })
    }

    fn map(&mut self, map: &Map, verb: char, depth: usize) -> Result<()> {
        let source = self.layout.source;
        if source {
            let name = if map.elem() == Elem::Text { "map[string]string" } else { "map[string]interface {}" };
            self.out.push_str(name)?;
            if map.is_nil() {
                return self.out.push(b"(nil)");
            }
        }
        self.out.push(if source { b"{" } else { b"map[" })?;
        for (index, (key, value)) in map.entries(self.engine.budget())?.into_iter().enumerate() {
            if index > 0 {
                self.out.push(if source { b", " } else { b" " })?;
            }
            self.value(&Value::Text(key), verb, depth + 1)?;
            self.out.push(b":")?;
            self.value(&value, verb, depth + 1)?;
        }
        self.out.push(if source { b"}" } else { b"]" })
    }

    fn fields(&mut self, fields: &[(&str, Value)], name: &str, verb: char, depth: usize) -> Result<()> {
        let source = self.layout.source;
        if source {
            self.out.push_str(name)?;
        }
        self.out.push(b"{")?;
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                self.out.push(if source { b", " } else { b" " })?;
            }
            if source || self.layout.named {
                self.out.push_str(name)?;
                self.out.push(b":")?;
            }
            self.value(value, verb, depth + 1)?;
        }
        self.out.push(b"}")
    }
}
