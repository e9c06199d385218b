//! [`Templates`]: where templates are rendered.

use crate::cli::unseal_flags::OnOff;
use crate::config::lists;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Templates {
    /// Everywhere except these namespaces, or only there.
    rendered: bool,
    except: BTreeSet<String>,
}

impl Templates {
    pub(crate) fn from_flags(templates: OnOff, except: &str) -> Self {
        let except = lists::items(except).map(ToOwned::to_owned).collect();
        Self { rendered: templates == OnOff::On, except }
    }

    /// Whether templates are rendered in this namespace.
    pub(crate) fn are_rendered_in(&self, namespace: &str) -> bool {
        self.rendered != self.except.contains(namespace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_exceptions_the_opposite_holds() {
        let rendered = |templates, except, namespace| {
            Templates::from_flags(templates, except).are_rendered_in(namespace)
        };
        for (templates, except, [a, b]) in [
            (OnOff::On, "", [true, true]),
            (OnOff::Off, "", [false, false]),
            (OnOff::On, "a, c,", [false, true]),
            (OnOff::Off, "c,a", [true, false]),
        ] {
            assert_eq!([rendered(templates, except, "a"), rendered(templates, except, "b")], [a, b]);
        }
    }
}
