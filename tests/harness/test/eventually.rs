//! [`eventually`]: waits until something becomes true.

use std::time::{Duration, Instant};

use anyhow::Result;

/// How often a condition is checked: often enough for quick tests, seldom enough not to load the API server.
const INTERVAL: Duration = Duration::from_millis(100);

/// Calls `condition` until it returns `Ok`, at least once, and returns that value; after `timeout` the last `Err` is
/// the error.
///
/// Any error counts as "not yet", so a condition is written with `?` and `ensure!`:
///
/// ```text
/// let secret = eventually(Duration::from_secs(10), "the Secret appears", || async {
///     Ok(secrets.get("mine").await?)
/// })
/// .await?;
/// ```
pub async fn eventually<T>(
    timeout: Duration,
    what: &str,
    mut condition: impl AsyncFnMut() -> Result<T>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        let last = match condition().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if start.elapsed() >= timeout {
            return Err(last.context(format!("gave up after {timeout:?} waiting until {what}")));
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use anyhow::ensure;

    use super::*;

    #[tokio::test]
    async fn the_first_ok_is_the_answer() -> Result<()> {
        let mut calls = 0;
        let answer = eventually(Duration::from_secs(5), "three", async || {
            calls += 1;
            ensure!(calls == 3, "only {calls}");
            Ok(calls)
        });
        assert_eq!(answer.await?, 3);
        Ok(())
    }

    #[tokio::test]
    async fn the_last_error_says_why_it_never_came() {
        let never =
            eventually(Duration::ZERO, "pigs fly", async || Err::<(), _>(anyhow::anyhow!("no wings")));
        let error = never.await.expect_err("it cannot succeed");
        assert_eq!(format!("{error:#}"), "gave up after 0ns waiting until pigs fly: no wings");
    }
}
