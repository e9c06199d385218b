//! [`Case`]: the input of one comparison of the two kubeseals. The results are in `outcome`, the comparison in `judge`.

use serde_json::Value;

/// Arguments, standard input, files and environment: the same for both.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Unique in its family. The list of differences uses this name.
    pub name: String,
    pub args: Vec<String>,
    pub stdin: Vec<u8>,
    /// Files in the working folder, beside the fixtures.
    pub files: Vec<(String, Vec<u8>)>,
    pub env: Vec<(String, String)>,
    pub compared: Compared,
    /// Upstream's kubeseal must succeed: if it fails, the case does not test what it is for.
    pub is_possible: bool,
}

/// What is compared when both succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The meaning of everything that is written.
    Everything,
    /// That both succeed: the output is for people, and may differ.
    Status,
    /// That each prints its own version.
    Version,
}

impl Case {
    /// A case with arguments only, separated by spaces.
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

    /// A case that seals standard input, without a cluster.
    pub(crate) fn seal(name: impl Into<String>, stdin: impl AsRef<[u8]>) -> Self {
        Self::bare(name, "--cert cert.pem").stdin(stdin)
    }

    /// A case that seals an object in JSON, without a cluster.
    pub(crate) fn seal_json(name: impl Into<String>, secret: &Value) -> Self {
        Self::seal(name, secret.to_string())
    }

    /// More arguments, separated by spaces.
    #[must_use]
    pub(crate) fn args(mut self, args: &str) -> Self {
        self.args.extend(args.split_whitespace().map(str::to_owned));
        self
    }

    /// Adds one argument, which may contain spaces.
    #[must_use]
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets standard input.
    #[must_use]
    pub(crate) fn stdin(mut self, stdin: impl AsRef<[u8]>) -> Self {
        stdin.as_ref().clone_into(&mut self.stdin);
        self
    }

    /// Adds a file.
    #[must_use]
    pub(crate) fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.files.push((name.to_owned(), content.as_ref().to_owned()));
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }
}
