//! Which pod addresses are in use, and to which ports they connect. A lock around two small collections; no I/O.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shared by the network, its proxy and every pod's address.
#[derive(Debug, Default)]
pub(crate) struct Table {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    taken: BTreeSet<Ipv4Addr>,
    last: u8,
    routes: BTreeMap<SocketAddrV4, u16>,
}

impl Table {
    /// A free address; not the one freed last, so that an outdated Endpoints object does not point to a new pod.
    pub(crate) fn take_ip(&self) -> Option<Ipv4Addr> {
        let mut inner = self.lock();
        let mut candidates = (1..=254_u8).cycle().skip(usize::from(inner.last)).take(254);
        let host = candidates.find(|host| !inner.taken.contains(&address(*host)))?;
        inner.last = host;
        inner.taken.insert(address(host));
        Some(address(host))
    }

    pub(crate) fn set(&self, pod: SocketAddrV4, local_port: u16) {
        self.lock().routes.insert(pod, local_port);
    }

    pub(crate) fn get(&self, pod: SocketAddrV4) -> Option<u16> {
        self.lock().routes.get(&pod).copied()
    }

    pub(crate) fn release(&self, ip: Ipv4Addr) {
        let mut inner = self.lock();
        inner.taken.remove(&ip);
        inner.routes.retain(|pod, _| *pod.ip() != ip);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change is one insertion or removal: a panic elsewhere leaves the collections consistent.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn address(host: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_given_once_and_come_back_last() {
        let table = Table::default();
        let all: BTreeSet<_> = std::iter::from_fn(|| table.take_ip()).collect();
        assert_eq!(all.len(), 254);
        table.release(address(7));
        assert_eq!(table.take_ip(), Some(address(7)));
        table.release(address(7));
        table.release(address(9));
        assert_eq!(table.take_ip(), Some(address(9)));
    }

    #[test]
    fn a_released_address_leads_nowhere() {
        let table = Table::default();
        let pod = SocketAddrV4::new(address(1), 8080);
        table.set(pod, 20_000);
        assert_eq!(table.get(pod), Some(20_000));
        table.release(address(1));
        assert_eq!(table.get(pod), None);
    }
}
