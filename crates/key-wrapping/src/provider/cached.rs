//! [`Cached`]: a token or credentials that a service gave for a while; [`send_with`] sends requests with them.

use crate::provider::error::ProviderError;
use parking_lot::Mutex;
use std::fmt;
use std::time::{Duration, Instant};

/// A value that is used for nine tenths of its lifetime, so that it does not end on its way.
pub(crate) struct Cached<T>(Mutex<Option<Entry<T>>>);

struct Entry<T> {
    value: T,
    /// None for a value without an end.
    until: Option<Instant>,
}

/// A value for a request.
pub(crate) struct Obtained<T> {
    pub(crate) value: T,
    /// Whether it was obtained for an earlier request. Such a value may have been revoked since.
    pub(crate) is_cached: bool,
}

impl<T: Clone> Cached<T> {
    /// The value, or the one that `renew` obtains, with its lifetime.
    pub(crate) async fn get_or(
        &self,
        renew: impl Future<Output = Result<(T, Option<Duration>), ProviderError>>,
    ) -> Result<Obtained<T>, ProviderError> {
        let current =
            self.0.lock().as_ref().filter(|entry| entry.is_current()).map(|entry| entry.value.clone());
        if let Some(value) = current {
            return Ok(Obtained { value, is_cached: true });
        }
        let (value, lifetime) = renew.await?;
        *self.0.lock() = Some(Entry::new(value.clone(), lifetime));
        Ok(Obtained { value, is_cached: false })
    }

    /// Forgets the value.
    pub(crate) fn forget(&self) {
        *self.0.lock() = None;
    }
}

/// Sends a request with what `obtain` gives; and once more with a new one, where the service does not take one of an earlier request any
/// more.
pub(crate) async fn send_with<T, R, O, S>(
    obtain: impl Fn() -> O,
    forget: impl FnOnce(),
    send: impl Fn(T) -> S,
    is_not_taken: impl FnOnce(&R) -> bool,
) -> Result<R, ProviderError>
where
    O: Future<Output = Result<Obtained<T>, ProviderError>>,
    S: Future<Output = Result<R, ProviderError>>,
{
    let Obtained { value, is_cached } = obtain().await?;
    let response = send(value).await?;
    if !is_cached || !is_not_taken(&response) {
        return Ok(response);
    }
    forget();
    send(obtain().await?.value).await
}

impl<T> Entry<T> {
    fn new(value: T, lifetime: Option<Duration>) -> Self {
        let until = lifetime.and_then(|lifetime| Instant::now().checked_add(lifetime / 10 * 9));
        Self { value, until }
    }

    fn is_current(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> fmt::Debug for Cached<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cached")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_is_used_until_its_lifetime_is_nearly_over() {
        for (lifetime, expected) in [
            (None, 1),
            (Some(Duration::from_hours(1)), 1),
            (Some(Duration::MAX), 1),
            (Some(Duration::from_nanos(1)), 2),
            (Some(Duration::ZERO), 2),
        ] {
            let cached = Cached::default();
            assert!(!cached.get_or(async { Ok((1, lifetime)) }).await.unwrap().is_cached);
            let again = cached.get_or(async { Ok((2, lifetime)) }).await.unwrap();
            assert_eq!((again.value, again.is_cached), (expected, expected == 1), "{lifetime:?}");
            cached.forget();
            assert_eq!(cached.get_or(async { Ok((3, lifetime)) }).await.unwrap().value, 3);
        }
    }
}
