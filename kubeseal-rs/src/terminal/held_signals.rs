//! [`HeldSignals`]: holds signals that would end or stop the program until the terminal is restored, or a file is written whole.

#[cfg(unix)]
pub(crate) use unix::{HeldSignals, deliver};

/// There are no signals.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct HeldSignals;

#[cfg(not(unix))]
impl HeldSignals {
    #[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
    pub(crate) fn begin() -> std::io::Result<Self> {
        Ok(Self)
    }
}

#[cfg(unix)]
mod unix {
    use crate::terminal::ignored_signals::not_ignored;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    use signal_hook::flag::{register_conditional_default, register_usize};
    use signal_hook::low_level::emulate_default_handler;
    use std::ffi::c_int;
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    const SIGNALS: [c_int; 5] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP];

    /// Installed with the first use. A handler cannot be removed, so from then on it does what the signal does by default.
    static HANDLERS: OnceLock<Handlers> = OnceLock::new();

    #[derive(Debug)]
    struct Handlers {
        /// Whether signals have their default action.
        are_default: Arc<AtomicBool>,
        /// The last held signal; 0 for none.
        held: Arc<AtomicUsize>,
        /// Number of values that hold signals.
        holders: AtomicUsize,
    }

    /// Signals are held until the last of these is dropped.
    #[derive(Debug)]
    pub(crate) struct HeldSignals(&'static Handlers);

    impl HeldSignals {
        pub(crate) fn begin() -> io::Result<Self> {
            let handlers = if let Some(handlers) = HANDLERS.get() {
                handlers
            } else {
                let installed = Handlers::install()?;
                HANDLERS.get_or_init(|| installed)
            };
            handlers.holders.fetch_add(1, Ordering::SeqCst);
            handlers.are_default.store(false, Ordering::SeqCst);
            Ok(Self(handlers))
        }

        /// The signal that came since the last call.
        pub(crate) fn take(&self) -> Option<c_int> {
            c_int::try_from(self.0.held.swap(0, Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
        }
    }

    impl Drop for HeldSignals {
        fn drop(&mut self) {
            if self.0.holders.fetch_sub(1, Ordering::SeqCst) > 1 {
                return;
            }
            self.0.are_default.store(true, Ordering::SeqCst);
            if let Some(signal) = self.take() {
                deliver(signal);
            }
        }
    }

    impl Handlers {
        fn install() -> io::Result<Self> {
            let are_default = Arc::new(AtomicBool::new(true));
            let handlers = Self { are_default, held: Arc::default(), holders: AtomicUsize::default() };
            for signal in not_ignored(&SIGNALS) {
                register_conditional_default(signal, Arc::clone(&handlers.are_default))?;
                register_usize(
                    signal,
                    Arc::clone(&handlers.held),
                    usize::try_from(signal).unwrap_or_default(),
                )?;
            }
            Ok(handlers)
        }
    }

    /// Does what the signal does by default: it returns only for a signal that stops the program, once the program is
    /// continued.
    pub(crate) fn deliver(signal: c_int) {
        // It fails only for unknown signals.
        let _ = emulate_default_handler(signal);
    }
}
