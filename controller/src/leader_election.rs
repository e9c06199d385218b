//! Leader election: which of several replicas makes and renews sealing keys, and unseals. All of them serve HTTP.
//!
//! `elector` reads and writes the Lease, and `lease` converts it; `election`, pure, decides what to do next; `lead` runs the work of
//! a term while it lasts; `fence` stops the writes of a term when it ends. What a leader does is in `run`: nothing here knows it.
//!
//! The promise: a leader's last write is handed to its connection before another replica's first. It rests on two clocks that are never
//! compared. The leader writes nothing once the renew deadline (10 s) has passed since it *began* its last successful
//! renewal. Another replica takes the Lease only after it has seen the same record for the whole lease duration (15 s),
//! and it cannot have seen that record before it was written. The five seconds in between are for requests under way; each
//! also tells the API server to give it up by then.
//!
//! Decided: own code, as client-go's rules have it, instead of a crate. `kube-leader-election` and `kubert` compare the
//! record's time with the machine's clock, so a clock that is wrong makes two leaders. `kube-coordinate` watches the
//! Lease and offers a state to look at. None of them stops a process that was paused after it looked.
//!
//! Decided: a replica that loses the Lease stands by and contends again, instead of ending as client-go's programs do. It
//! goes on serving the certificate through an outage of the API server, and avoids the kubelet's
//! restart backoff (`CrashLoopBackOff`). Nothing of a term outlives it but the sealing keys and the counters: the work is one
//! future, which is dropped, and its client is fenced for good.
//!
//! Decided: a container that was started again takes the Lease of its pod's dead process at once, instead of waiting it
//! out as client-go does: with one replica a crash would otherwise stop all work for 15 seconds.
//!
//! Decided: the Lease is polled, each second by default, instead of watched: a watch cut off looks like a leader that is
//! silent, and polling needs no right beyond `get`.
//!
//! Decided: a candidate that finds no Lease waits one lease duration before it creates one. The Lease may have been deleted while its
//! leader cannot reach the API server, and that leader still writes until its renew deadline. A leader that reaches the API server
//! creates the Lease again with its next renewal. If there has never been a sealing key, no replica has ever led: the candidate then
//! waits 2.5 s (by default), so that a first installation starts fast. A Lease that was released still exists, and is taken at once. A
//! candidate that has not read the Lease for a renew deadline starts to wait again. Not covered: a Lease that is created and deleted
//! between two reads.
//!
//! Decided: a replica that RBAC denies the use of Leases leads alone, as upstream's controller does. It first waits 5 s in which it can
//! read the keys, because a new Role takes a moment to work. So it leads between 5 and 6 s after its start, and until then serves the
//! certificate of existing keys. It tries to use the Lease each minute, and ends its term once it may.
//!
//! What no fence on this side can do: recall a request that is in the network when the process is paused or cut off. Such
//! a write is made harmless by what it says: Secrets are created, or replaced in the version that was read.

pub(crate) mod election;
pub(crate) mod elector;
pub(crate) mod fence;
pub(crate) mod identity;
pub(crate) mod lead;
pub(crate) mod lease;
pub(crate) mod permission;
