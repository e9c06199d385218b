//! `template_data`: the plain values that `edit` shows beside a Secret, which has no field for them.

use crate::files::input::Input;
use crate::manifest::error::ManifestError;
use crate::manifest::objects::each_object;
use std::collections::BTreeMap;

/// Name of the field in the shown text.
pub(crate) const TEMPLATE_DATA: &str = "templateData";

/// A text for each name, or `null`, which leaves the sealed value of that name out of the Secret.
pub(crate) type TemplateData = BTreeMap<String, Option<String>>;

/// The template data of each object in `bytes`, which came from `input`.
pub(crate) fn template_data(input: &Input, bytes: &[u8]) -> Result<Vec<TemplateData>, ManifestError> {
    let mut all = Vec::new();
    each_object(input, bytes, &mut |object| {
        let mut values = BTreeMap::new();
        let fields = object.object(&[TEMPLATE_DATA])?;
        for (_, field) in fields.into_iter().filter(|(name, _)| name == TEMPLATE_DATA) {
            for (key, field) in field.map()? {
                values.insert(key, field.text()?);
            }
        }
        all.push(values);
        Ok(())
    })?;
    Ok(all)
}
