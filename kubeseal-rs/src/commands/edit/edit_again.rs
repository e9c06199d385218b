//! `edit_again`: asks at the terminal whether to edit the saved text again.

use crate::commands::edit::editor::Editor;
use crate::commands::edit::error::EditError;
use crate::error::CommandError;
use crate::terminal::warnings::say;
use std::io::{IsTerminal as _, stderr, stdin};

/// Prints the error, and asks. Without a terminal, the answer is no.
pub(crate) fn edit_again(editor: &mut Editor, failure: &CommandError) -> Result<bool, EditError> {
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return Ok(false);
    }
    // A terminal that was closed is noticed when it is read from.
    say(format_args!("{}Edit again? Otherwise it is discarded. [Y/n] ", failure.message()));
    let (send, answer) = tokio::sync::oneshot::channel();
    // On a thread of its own, which is not joined: reading a terminal cannot be cancelled.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = stdin().read_line(&mut line);
        // After a signal, nothing receives it.
        let _ = send.send(read.is_ok_and(|length| length > 0) && !line.trim_start().starts_with(['n', 'N']));
    });
    editor.wait(answer).map(|answer| answer.unwrap_or(false))
}
