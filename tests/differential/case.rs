//! [`Case`]: one thing that is asked of both kubeseals. What they answer is `outcome`, whether that is the same is `judge`.

use serde_json::Value;

/// Arguments, standard input, files and environment: the same for both.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Unique in its family, and what the list of differences names it by.
    pub name: String,
    pub args: Vec<String>,
    pub stdin: Vec<u8>,
    /// In the working folder, beside the fixtures.
    pub files: Vec<(String, Vec<u8>)>,
    pub env: Vec<(String, String)>,
    pub compared: Compared,
    /// Upstream's does it; if that fails, the case says nothing about what it is there for.
    pub is_possible: bool,
}

/// What must be the same, when both do what they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The meaning of all that is written.
    Everything,
    /// That they do it: what is written is for people, and may be said in other words.
    Status,
    /// That each tells its own version.
    Version,
}

impl Case {
    /// Just the arguments, separated by spaces.
    pub(crate) fn bare(name: impl Into<String>, args: &str) -> Self {
        let case = Self {
            name: name.into(),
            args: Vec::new(),
            stdin: Vec::new(),
            files: Vec::new(),
            env: Vec::new(),
            compared: Compared::Everything,
            is_possible: false,
        };
        case.args(args)
    }

    /// Seals what comes on standard input, without a cluster.
    pub(crate) fn seal(name: impl Into<String>, stdin: impl AsRef<[u8]>) -> Self {
        Self::bare(name, "--cert cert.pem").stdin(stdin)
    }

    /// The same with an object in JSON.
    pub(crate) fn seal_json(name: impl Into<String>, secret: &Value) -> Self {
        Self::seal(name, secret.to_string())
    }

    /// More arguments, separated by spaces.
    #[must_use]
    pub(crate) fn args(mut self, args: &str) -> Self {
        self.args.extend(args.split_whitespace().map(str::to_owned));
        self
    }

    /// One more argument, spaces and all.
    #[must_use]
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// What is on standard input.
    #[must_use]
    pub(crate) fn stdin(mut self, stdin: impl AsRef<[u8]>) -> Self {
        stdin.as_ref().clone_into(&mut self.stdin);
        self
    }

    /// One more file.
    #[must_use]
    pub(crate) fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.files.push((name.to_owned(), content.as_ref().to_owned()));
        self
    }

    /// One more variable.
    #[must_use]
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }
}
