//! [`take`]: gives the programs of the tests the default actions of signals.

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::flag::register_conditional_default;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

/// What a shell starts in the background, or below `nohup`, ignores some signals, and so do its children, as they must. A signal that has a
/// handler here has its default action in children.
pub(crate) fn take() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP] {
            register_conditional_default(signal, Arc::new(AtomicBool::new(true))).unwrap();
        }
    });
}
