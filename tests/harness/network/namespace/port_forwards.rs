//! [`PortForwards`]: forwards ports on loopback outside to addresses inside a network namespace.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::accept::accept_each;
use crate::network::namespace::resident::Resident;

/// Time limit for a connection inside.
const CONNECT: Duration = Duration::from_secs(10);

/// The port forwards of one network namespace. All of them close when this is dropped.
#[derive(Debug)]
pub(crate) struct PortForwards {
    resident: Arc<Resident>,
    attendants: Mutex<Vec<JoinHandle<()>>>,
}

impl PortForwards {
    /// The port forwards of the namespace at `path`, such as `/proc/1/ns/net`.
    pub(crate) fn of(path: &Path) -> Result<Self> {
        let resident = Resident::settle(path)
            .with_context(|| format!("no thread can enter the network namespace {}", path.display()))?;
        Ok(Self { resident: Arc::new(resident), attendants: Mutex::default() })
    }

    /// Forwards `port` on loopback outside to `inside`. If `port` is 0, a free port is taken. Returns the port.
    pub(crate) async fn open(&self, port: u16, inside: SocketAddrV4) -> Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        let attendant = tokio::spawn(attend(listener, inside, Arc::clone(&self.resident)));
        self.attendants.lock().unwrap_or_else(PoisonError::into_inner).push(attendant);
        Ok(port)
    }

    /// A listener on loopback inside.
    pub(crate) fn listen(&self) -> io::Result<std::net::TcpListener> {
        self.resident.run(|| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
    }
}

impl Drop for PortForwards {
    fn drop(&mut self) {
        let mut attendants = self.attendants.lock().unwrap_or_else(PoisonError::into_inner);
        attendants.drain(..).for_each(|attendant| attendant.abort());
    }
}

async fn attend(listener: TcpListener, inside: SocketAddrV4, resident: Arc<Resident>) {
    accept_each(listener, |client| {
        let resident = Arc::clone(&resident);
        async move { enter(client, inside, &resident).await }
    })
    .await;
}

async fn enter(mut client: TcpStream, inside: SocketAddrV4, resident: &Resident) -> Result<()> {
    // A socket belongs to the namespace in which it was made. Connecting it takes time, so another thread does that.
    let socket = resident.run(TcpSocket::new_v4)?;
    let mut server = timeout(CONNECT, socket.connect(inside.into())).await??;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
