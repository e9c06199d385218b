//! `render`: one template and its values to bytes.

use crate::engine::Engine;
use crate::error::{Fault, Result, TemplateError};
use crate::exec::execute;
use crate::limits::Limits;
use crate::outside::Outside;
use crate::syntax::parse;
use crate::text::Text;
use crate::value::{Elem, Value};
use crate::values::Values;
use zeroize::Zeroizing;

/// Renders the template `name`, whose text is `template`, over the values.
///
/// What it gives depends on its arguments alone, unless the template makes keys or certificates.
pub fn render<'a>(
    name: &str,
    template: &'a str,
    values: &Values,
    limits: &Limits,
    outside: Outside<'a>,
) -> std::result::Result<Zeroizing<Vec<u8>>, TemplateError> {
    let failed = |(line, fault): (usize, Fault)| TemplateError { template: name.to_owned(), line, fault };
    let engine = Engine::new(template, *limits, outside);
    let definitions = parse(name, template, engine.budget()).map_err(failed)?;
    let dot = dot(&engine, values).map_err(|fault| failed((1, fault)))?;
    execute(&engine, &definitions, name, &dot).map_err(failed)
}

/// The values as upstream gives them to a template: a map of strings to strings.
fn dot(engine: &Engine<'_>, values: &Values) -> Result<Value> {
    let map = engine.map(Elem::Text)?;
    for (name, value) in values.iter() {
        let key = Text::new(Zeroizing::new(name.as_bytes().to_vec()));
        engine.put(&map, key, engine.text(value)?)?;
    }
    Ok(Value::Map(map))
}
