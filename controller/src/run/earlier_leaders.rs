//! The sealing keys tell the election whether a replica has ever led: the first act of a leader is to make one.

use crate::keys::store::ring::SharedRing;
use crate::leader_election::earlier_leaders::EarlierLeaders;
use futures::FutureExt as _;
use futures::future::BoxFuture;

impl EarlierLeaders for SharedRing {
    fn read(&self) -> BoxFuture<'_, ()> {
        self.loaded().map(drop).boxed()
    }

    fn are_read(&self) -> bool {
        self.is_loaded()
    }

    fn none_ever(&self) -> bool {
        self.never_had_key()
    }
}
