//! [`Token`]: with it, a client passes the controller's rate limit for strangers. It is requested when a command sends many requests.
//!
//! The token is of a ServiceAccount beside the controller, for an audience of its own, so that it is worth nothing to a Service that only has
//! the controller's name.

use crate::cluster::session::Session;
use crate::cluster::session::request_error::RequestError;
use crate::controller::address::ControllerAddress;
use crate::error::cause::on_one_line;
use crate::terminal::warnings::note;
use api::reseal_token::{AUDIENCE, SECONDS, service_account};
use http::HeaderValue;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Api;
use kube::api::PostParams;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

/// A token is used for less time than it is valid: the clocks of two machines differ.
const USED_FOR: Duration = Duration::from_secs(SECONDS as u64 * 3 / 4);

/// After this many answers 429 in spite of the token, more than there were of others, the controller seems not to accept it.
const MAX_REFUSED: u32 = 10;

/// But only if they went on for this long: a controller that is flooded with invalid tokens looks at a new one later.
const PATIENCE: Duration = Duration::from_secs(20);

/// The status code for a request over the limit.
pub(crate) const TOO_MANY: u16 = 429;

/// The status codes with which the controller answers a request that it admitted: it opens, it does not, it is too large, it is none.
const ADMITTED: [u16; 4] = [200, 409, 413, 500];

/// The token of one command.
#[derive(Default)]
pub(crate) struct Token {
    state: RefCell<State>,
    /// Number of requests with the token that were answered with 429, less those that were answered otherwise the first time that they were sent.
    refused: Cell<u32>,
    /// When the first of them was answered.
    refused_since: Cell<Option<Instant>>,
}

#[derive(Default)]
enum State {
    #[default]
    NotRequested,
    Valid {
        header: HeaderValue,
        until: Instant,
    },
    /// There is none, and the user knows why.
    Unavailable,
}

impl Token {
    /// The value of the header, requested if need be. If there is none, the user is told why, once.
    pub(crate) fn header(&self, session: &Session, controller: &ControllerAddress) -> Option<HeaderValue> {
        match &*self.state.borrow() {
            State::Valid { header, until } if Instant::now() < *until => return Some(header.clone()),
            State::Unavailable => return None,
            State::NotRequested | State::Valid { .. } => {}
        }
        match request(session, controller) {
            Ok(header) => {
                let until = Instant::now() + USED_FOR;
                self.state.replace(State::Valid { header: header.clone(), until });
                Some(header)
            }
            Err(error) => {
                self.give_up(&why_not(&error, controller));
                None
            }
        }
    }

    /// A request with the token was answered with this status code, if at all; `is_first` if it was not sent before.
    pub(crate) fn answered(&self, code: Option<u16>, is_first: bool) {
        match code {
            Some(TOO_MANY) => {
                self.refused.set(self.refused.get() + 1);
                let since = self.refused_since.get().unwrap_or_else(Instant::now);
                self.refused_since.set(Some(since));
                let is_valid = matches!(*self.state.borrow(), State::Valid { .. });
                if is_valid && self.refused.get() >= MAX_REFUSED && since.elapsed() >= PATIENCE {
                    self.give_up("it does so in spite of a token that passes the limit; its log may say why");
                }
            }
            // Without a token that the controller accepts, few are admitted the first time.
            Some(code) if is_first && ADMITTED.contains(&code) => {
                self.refused.set(self.refused.get().saturating_sub(1));
                if self.refused.get() == 0 {
                    self.refused_since.set(None);
                }
            }
            _ => {}
        }
    }

    fn give_up(&self, why: &str) {
        self.state.replace(State::Unavailable);
        note(format_args!(
            "this takes long, because the controller limits requests, by default to two a second: {why}"
        ));
    }
}

fn request(session: &Session, controller: &ControllerAddress) -> Result<HeaderValue, RequestError> {
    let request = TokenRequest {
        spec: TokenRequestSpec {
            audiences: vec![AUDIENCE.into()],
            expiration_seconds: Some(SECONDS.into()),
            ..TokenRequestSpec::default()
        },
        ..TokenRequest::default()
    };
    let name = service_account(&controller.name);
    let created = session.request(async |client| {
        let accounts = Api::<ServiceAccount>::namespaced(client, &controller.namespace);
        accounts.create_token_request(&name, &PostParams::default(), &request).await
    })?;
    let token = created.status.map(|status| status.token).unwrap_or_default();
    let mut header = HeaderValue::try_from(token).map_err(|_| RequestError::NotKubernetes)?;
    header.set_sensitive(true);
    if header.is_empty() { Err(RequestError::NotKubernetes) } else { Ok(header) }
}

fn why_not(error: &RequestError, controller: &ControllerAddress) -> String {
    let ControllerAddress { namespace, name, .. } = controller;
    let account = service_account(name);
    match error {
        RequestError::NotFound(_) => format!(
            "there is no ServiceAccount {namespace}/{account}, whose tokens pass the limit; this project's chart makes it, unless it is told to \
             stay within namespaces"
        ),
        RequestError::Forbidden(_) => format!(
            "your user may not create tokens of ServiceAccount {namespace}/{account}, which pass the limit; `kubectl create rolebinding NAME -n \
             {namespace} --role={account} --user=YOU` allows it"
        ),
        error => format!("no token that passes the limit was created: {}", on_one_line(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid() -> Token {
        let header = HeaderValue::from_static("token");
        let state = State::Valid { header, until: Instant::now() + USED_FOR };
        // Refused for a while already, so that the number decides.
        let refused_since = Cell::new(Instant::now().checked_sub(PATIENCE));
        Token { state: state.into(), refused: Cell::default(), refused_since }
    }

    #[test]
    fn a_new_token_is_given_time() {
        let token = Token { refused_since: Cell::default(), ..valid() };
        for _ in 0..3 * MAX_REFUSED {
            token.answered(Some(TOO_MANY), true);
        }
        assert!(matches!(*token.state.borrow(), State::Valid { .. }));
        token.refused_since.set(Instant::now().checked_sub(PATIENCE));
        token.answered(Some(TOO_MANY), true);
        assert!(matches!(*token.state.borrow(), State::Unavailable));
    }

    #[test]
    fn a_token_that_is_mostly_accepted_stays_in_use() {
        let refuse = |token: &Token| token.answered(Some(TOO_MANY), true);
        // Objects that open, that do not, that are too large, and that are none.
        for code in [200, 409, 413, 500] {
            let token = valid();
            for _ in 0..3 * MAX_REFUSED {
                token.answered(Some(code), true);
                refuse(&token);
            }
            assert!(matches!(*token.state.borrow(), State::Valid { .. }), "{code}");
            // An accepted one does not count ahead.
            for _ in 0..MAX_REFUSED {
                token.answered(Some(code), true);
            }
            token.refused_since.set(Instant::now().checked_sub(PATIENCE));
            for _ in 0..MAX_REFUSED {
                refuse(&token);
            }
            assert!(matches!(*token.state.borrow(), State::Unavailable), "{code}");
        }
        // What says nothing of the token: a request that was sent again, and what is not the controller's answer.
        for (code, is_first) in [(Some(200), false), (Some(409), false), (Some(503), true), (None, true)] {
            let token = valid();
            for _ in 0..MAX_REFUSED {
                token.answered(code, is_first);
                refuse(&token);
            }
            assert!(matches!(*token.state.borrow(), State::Unavailable), "{code:?}");
        }
    }
}
