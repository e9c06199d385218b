//! Text that does not parse: searched by words and colons (`text_scan`), or as a template of a manifest (`template_text`).

pub(crate) mod template_text;
pub(crate) mod text_scan;
