//! What type a value is of.

use super::{Function, Type, any, text};
use crate::value::{Value, deep_equal};

use Type::{Any, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("typeOf", &[Any], |engine, values| engine.text(any(values, 0).type_name())),
    Function::new("typeIs", &[Text, Any], |_, values| {
        Ok(Value::Bool(text(values, 0) == any(values, 1).type_name().as_bytes()))
    }),
    Function::new("typeIsLike", &[Text, Any], |_, values| {
        let (wanted, name) = (text(values, 0), any(values, 1).type_name().as_bytes());
        Ok(Value::Bool(wanted == name || name.strip_prefix(b"*") == Some(wanted)))
    }),
    Function::new("kindOf", &[Any], |engine, values| engine.text(any(values, 0).kind_name())),
    Function::new("kindIs", &[Text, Any], |_, values| {
        Ok(Value::Bool(text(values, 0) == any(values, 1).kind_name().as_bytes()))
    }),
    Function::new("deepEqual", &[Any, Any], |engine, values| {
        Ok(Value::Bool(deep_equal(engine, any(values, 0), any(values, 1))?))
    }),
];
