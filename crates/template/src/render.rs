//! [`Renderer`]: the templates of one object, with the same values, within limits that they share.
//!
//! Reading and rendering are two calls, so that all templates of an object can be read before the first is rendered: what a
//! rendering spends depends on values, and a template that comes after it might then be read or not.

use crate::engine::Engine;
use crate::error::TemplateError;
use crate::exec::execute;
use crate::input::Outside;
use crate::input::Values;
use crate::limits::Budget;
use crate::limits::Limits;
use crate::syntax::{self, Definitions};
use zeroize::Zeroizing;

/// Renders templates over the same values. What one of them spends, the next one does not have: an object with a
/// thousand templates costs no more than an object with one.
pub struct Renderer<'v> {
    values: &'v Values,
    budget: Budget,
}

/// A text that was read as a template, and not rendered yet.
pub struct Template {
    name: String,
    definitions: Definitions,
}

/// What a template gives.
pub struct Rendered {
    /// The output, wiped when dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Whether the template asked for the time, for randomness or for a new key: then it may give something else the
    /// next time, with the same values.
    pub varies: bool,
}

impl<'v> Renderer<'v> {
    /// Templates that see these values, and may cost so much together.
    pub fn new(values: &'v Values, limits: Limits) -> Self {
        Self { values, budget: Budget::new(limits) }
    }

    /// Reads the template `name`, whose text is `template`. Whether it is one depends on no value, nor does what reading spends.
    pub fn parse(&self, name: &str, template: &str) -> Result<Template, TemplateError> {
        self.budget.surface();
        let definitions = syntax::parse(name, template, &self.budget)
            .map_err(|(line, cause)| TemplateError::reading(name, line, cause))?;
        Ok(Template { name: name.to_owned(), definitions })
    }

    /// Renders a template that was read. No template sees what another one gives.
    ///
    /// What it gives depends on the arguments alone, unless the template makes keys or certificates.
    pub fn execute(&self, template: &Template, outside: Outside<'_>) -> Result<Rendered, TemplateError> {
        self.budget.surface();
        let Outside { now, random } = outside;
        let engine = Engine::new(&self.budget, Outside { now, random: &mut *random });
        let bytes = execute(&engine, &template.definitions, &template.name, &self.values.dot())
            .map_err(|(line, cause)| TemplateError::rendering(&template.name, line, cause))?;
        Ok(Rendered { bytes, varies: engine.drew() })
    }

    /// Reads and renders: for a template that is alone.
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

/// Parts of the names of all functions that ask for the time, for randomness or for a new key.
const DRAWING: [&str; 11] =
    ["now", "ago", "date", "Date", "duration", "rand", "shuffle", "uuid", "gen", "crypt", "htpasswd"];

/// Whether the template may ask for the time, for randomness or for a new key. A function is always called by its name, so a text
/// without any of these names never does; a text with one of them may only seem to.
pub fn may_vary(template: &str) -> bool {
    template.contains("{{") && DRAWING.iter().any(|name| template.contains(name))
}
