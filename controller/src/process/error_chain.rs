//! [`chain`]: prints an error with its causes, for every log line. [`causes`]: the causes one by one.

use api::server_message;
use kube::core::Status;
use std::error::Error;
use std::fmt::Write as _;

/// An error and its causes in one line: `read the keys: connect: refused`.
///
/// It shows nothing that was sent or received. A response of the API server is printed by [`server_message`], without
/// the texts around it that repeat the whole response; a response that does not decode, without the text of serde,
/// which repeats it.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    if causes(error).any(quotes_an_answer) {
        return "the API server's answer cannot be read".into();
    }
    let mut text = String::new();
    for cause in causes(error) {
        let own = match status(cause) {
            Some(status) => format!("the API server answered {}: {}", status.code, server_message(status)),
            None => own_words(cause),
        };
        // Libraries repeat their cause in their own text; once is enough.
        if !own.is_empty() && !text.contains(&own) {
            let separator = if text.is_empty() { "" } else { ": " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{separator}{own}");
        }
    }
    text
}

/// The error and its causes, the outermost first.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn quotes_an_answer(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(kube::Error::SerdeError(_))) || error.is::<serde_json::Error>()
}

/// The answer of the API server, if the error is one.
fn status<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Status> {
    error.downcast_ref::<Status>().or_else(|| error.downcast_ref::<Box<Status>>().map(|status| &**status))
}

/// The text of an error. If a response of the API server is among its causes, the text ends before it: `kube` repeats
/// the response in the text of each error above it, the details included.
fn own_words(error: &(dyn Error + 'static)) -> String {
    let text = error.to_string();
    let Some(answer) = causes(error).find_map(status) else { return text };
    // `kube` prints "ApiError" and then all of it, twice.
    let cut = ["ApiError", &answer.to_string()].into_iter().filter_map(|words| text.find(words)).min();
    let own = text[..cut.unwrap_or(text.len())].trim_end_matches([' ', ':', '(']);
    // Another text that repeats the response.
    let repeats = !answer.message.is_empty() && own.contains(&answer.message);
    if repeats { String::new() } else { own.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::runtime::watcher;
    use serde_json::json;

    #[derive(Debug, thiserror::Error)]
    #[error("storing the key failed")]
    struct Ours(#[source] Box<kube::Error>);

    fn answer(message: &str) -> Box<Status> {
        let status = json!({
            "status": "Failure", "code": 422, "reason": "Invalid", "message": message,
            "details": { "name": "a", "causes": [{ "message": "hunter2", "field": "hunter2" }] },
        });
        Box::new(serde_json::from_value(status).unwrap())
    }

    #[test]
    fn nothing_of_a_response_is_shown_that_may_contain_a_value() {
        let denied =
            "secrets \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request";
        let api = || kube::Error::Api(answer(&format!("{denied}: \"hunter2\"")));
        let shown =
            format!("the API server answered 422: {denied}; why is not shown, because it may quote a value");
        let cases: [(Box<dyn Error>, &str); 6] = [
            (Box::new(api()), ""),
            (Box::new(Ours(Box::new(api()))), "storing the key failed: "),
            (Box::new(watcher::Error::InitialListFailed(api())), "failed to perform initial object list: "),
            (
                Box::new(watcher::Error::WatchError(answer(&format!("{denied}: hunter2")))),
                "error returned by apiserver during watch: ",
            ),
            (Box::new(kube::Error::Service(Box::new(api()))), "ServiceError: "),
            (Box::new(std::io::Error::other(api())), ""),
        ];
        for (error, before) in cases {
            assert_eq!(chain(&*error), format!("{before}{shown}"));
        }
    }

    #[test]
    fn the_message_of_the_api_server_is_printed_once() {
        let message = "secrets is forbidden: User \"u\" cannot list resource \"secrets\"";
        let error = watcher::Error::InitialListFailed(kube::Error::Api(answer(message)));
        let expected =
            format!("failed to perform initial object list: the API server answered 422: {message}");
        assert_eq!(chain(&error), expected);
    }

    #[test]
    fn an_error_does_not_show_a_response_that_does_not_decode() {
        let error = serde_json::from_str::<u8>("\"hunter2\"").unwrap_err();
        let error = Ours(Box::new(kube::Error::SerdeError(error)));
        assert_eq!(chain(&error), "the API server's answer cannot be read");
    }

    #[test]
    fn other_errors_are_printed_with_their_causes() {
        let cause = std::io::Error::other("refused");
        assert_eq!(chain(&kube::Error::ReadEvents(cause)), "Error reading events stream: refused");
    }
}
