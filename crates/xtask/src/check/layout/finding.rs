//! [`Finding`]: a location that breaks a rule of the layout.

/// A rule of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Modules import each other in a circle.
    Circle,
    /// A folder holds too many files.
    Crowd,
    /// A name or a comment has a word that was given up.
    OldWord,
    /// The root of the repository holds too much or too little.
    Root,
}

impl Rule {
    pub(super) const ALL: [Self; 4] = [Self::Circle, Self::Crowd, Self::OldWord, Self::Root];

    /// How a finding of this kind is mended.
    pub(super) fn how_to_mend(self) -> &'static str {
        match self {
            Self::Circle => {
                "move what both sides need into a file that imports neither, or import it from the file that defines it instead of a parent"
            }
            Self::Crowd => {
                "sort the files into folders, merge those that only make sense together, or list the folder in check/layout/folders.rs if it is a flat list by nature"
            }
            Self::OldWord => "use the word that client-go, controller-runtime or clap have for it",
            Self::Root => {
                "move it to the folder that it belongs to, or change the list in check/layout/root.rs"
            }
        }
    }
}

/// A location that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) rule: Rule,
    /// The file or folder, from the root of the repository.
    pub(super) location: String,
    /// What is wrong there.
    pub(super) text: String,
}
