//! Files: `input` reads them, `output` writes them whole or not at all, `file_update` changes them in place, `walk` finds them
//! below a directory, `git` reads the repository around them, `links` are those on the way to a file, `user_file` keeps what the program remembers between runs. `encoding`
//! and `decoded` turn bytes into text, `escapes` finds words in it. What the files hold is known to `manifest`.

pub(crate) mod decoded;
pub(crate) mod encoding;
pub(crate) mod escapes;
pub(crate) mod file_update;
pub(crate) mod git;
pub(crate) mod input;
pub(crate) mod links;
pub(crate) mod output;
pub(crate) mod user_file;
pub(crate) mod walk;
