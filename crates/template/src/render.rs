//! [`Renderer`]: the templates of one object, with the same values, within limits that they share.
//!
//! Decided: reading and rendering are two calls, so that all templates of an object are read before the first is rendered, because what a
//! rendering spends depends on values: whether a later template can still be read would then depend on values.

use crate::engine::Engine;
use crate::error::TemplateError;
use crate::exec::execute;
use crate::input::Outside;
use crate::input::Values;
use crate::limits::Budget;
use crate::limits::Limits;
use crate::references::{Reference, references};
use crate::syntax::{self, Definitions};
use zeroize::Zeroizing;

/// Renders templates over the same values. They share one budget, so that an object with a thousand templates costs no more than an object
/// with one.
pub struct Renderer<'v> {
    values: &'v Values,
    budget: Budget,
}

/// A text that was read as a template, and not rendered yet.
pub struct Template {
    name: String,
    definitions: Definitions,
}

impl Template {
    /// The names of values that it uses and does not ask for first, as far as its text shows.
    pub fn references(&self) -> Vec<Reference> {
        references(&self.definitions, &self.name)
    }
}

/// What a template gives.
pub struct Rendered {
    /// The output, wiped when dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Whether the template used the time, randomness or a new key, so that it may give something else the next time, with the same
    /// values.
    pub varies: bool,
}

impl<'v> Renderer<'v> {
    /// A renderer for templates that see these values and share these limits.
    pub fn new(values: &'v Values, limits: Limits) -> Self {
        Self { values, budget: Budget::new(limits) }
    }

    /// Reads the template `name`, whose text is `template`. The result depends on no value, and neither does what reading costs.
    pub fn parse(&self, name: &str, template: &str) -> Result<Template, TemplateError> {
        self.budget.surface();
        let definitions = syntax::parse(name, template, &self.budget)
            .map_err(|(line, cause)| TemplateError::reading(name, line, cause))?;
        Ok(Template { name: name.to_owned(), definitions })
    }

    /// Renders a template that was read. No template sees the output of another.
    ///
    /// The output depends on the arguments alone, unless the template generates keys.
    pub fn execute(&self, template: &Template, outside: Outside<'_>) -> Result<Rendered, TemplateError> {
        self.budget.surface();
        let Outside { now, random } = outside;
        let engine = Engine::new(&self.budget, Outside { now, random: &mut *random });
        let bytes = execute(&engine, &template.definitions, &template.name, &self.values.dot())
            .map_err(|(line, cause)| TemplateError::rendering(&template.name, line, cause))?;
        Ok(Rendered { bytes, varies: engine.drew() })
    }

    /// Reads and renders a template that is the only one of its object.
    pub fn render(
        &self,
        name: &str,
        template: &str,
        outside: Outside<'_>,
    ) -> Result<Rendered, TemplateError> {
        self.execute(&self.parse(name, template)?, outside)
    }
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Template").field("name", &self.name).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Renderer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").field("values", self.values).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rendered({} bytes)", self.bytes.len())
    }
}

/// Parts of the names of all functions that use the time, randomness or a new key.
const DRAWING: [&str; 11] =
    ["now", "ago", "date", "Date", "duration", "rand", "shuffle", "uuid", "gen", "crypt", "htpasswd"];

/// Whether the text may give something else the next time, with the same values, because it uses the time, randomness or a new key. Only
/// the text is searched: if it has none of the names in `DRAWING`, the answer is certain; if it has one, it may still not call it.
pub fn may_vary(template: &str) -> bool {
    template.contains("{{") && DRAWING.iter().any(|name| template.contains(name))
}
