//! Semantic versions.

use crate::error::Cause;
use crate::functions::signature::{Function, Type, text, utf8};
use crate::packages::semver::{Version, satisfies};
use crate::value::Value;
use std::rc::Rc;

use Type::Text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("semver", &[Text], |engine, values| {
        let version = Version::parse(utf8(values, 0)?).ok_or_else(not_a_version)?;
        engine.budget().memory(version.size())?;
        Ok(Value::Version(Rc::new(version)))
    }),
    Function::new("semverCompare", &[Text, Text], |engine, values| {
        // Each comparison in the constraint reads the version.
        engine.budget().steps(text(values, 0).len() / 4)?;
        let version = Version::parse(utf8(values, 1)?);
        let holds = match &version {
            Some(version) => satisfies(version, utf8(values, 0)?),
            None => return Err(not_a_version()),
        };
        holds.map(Value::Bool).ok_or_else(|| Cause::evaluation("improper constraint"))
    }),
];

fn not_a_version() -> Cause {
    Cause::evaluation("invalid semantic version")
}
