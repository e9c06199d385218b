//! [`Renderer`]: the templates of one object, with the same values, within limits that they share.

use crate::budget::Budget;
use crate::engine::Engine;
use crate::error::TemplateError;
use crate::exec::execute;
use crate::limits::Limits;
use crate::outside::Outside;
use crate::syntax::{Definitions, parse};
use crate::values::Values;
use zeroize::Zeroizing;

/// Renders templates over the same values. What one of them spends, the next one does not have: an object with a
/// thousand templates costs no more than an object with one.
pub struct Renderer<'v> {
    values: &'v Values,
    budget: Budget,
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

    /// Renders the template `name`, whose text is `template`. No template sees what another one gives.
    ///
    /// What it gives depends on the arguments alone, unless the template makes keys or certificates.
    pub fn render(
        &self,
        name: &str,
        template: &str,
        outside: Outside<'_>,
    ) -> Result<Rendered, TemplateError> {
        let definitions = self.read(name, template)?;
        let Outside { now, random } = outside;
        let engine = Engine::new(&self.budget, Outside { now, random: &mut *random });
        let bytes = execute(&engine, &definitions, name, &self.values.dot())
            .map_err(|(line, fault)| TemplateError::rendering(name, line, fault))?;
        Ok(Rendered { bytes, varies: engine.drew() })
    }

    /// Only reads the template, to say whether it is one.
    pub fn check(&self, name: &str, template: &str) -> Result<(), TemplateError> {
        self.read(name, template).map(drop)
    }

    fn read(&self, name: &str, template: &str) -> Result<Definitions, TemplateError> {
        self.budget.surface();
        parse(name, template, &self.budget).map_err(|(line, fault)| TemplateError::reading(name, line, fault))
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
