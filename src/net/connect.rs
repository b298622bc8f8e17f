//! TCP, and the stream that IMAP and SMTP talk over.

use super::Timeouts;
use crate::domain::account::Endpoint;
use crate::domain::problem::{Kind, Problem, Result};
use native_tls::TlsStream;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// While another address is left to try, one that does not answer holds us up no longer than this (a broken IPv6 route).
const NEXT_ADDRESS_AFTER: Duration = Duration::from_secs(5);

/// The other end of a connection in the hands of another thread: a read that waits for a server that is gone (the computer
/// slept, the network is another one) ends at once instead of at its time limit.
#[derive(Debug, Clone)]
pub struct Lifeline {
    tcp: Arc<TcpStream>,
    peer: SocketAddr,
}

impl Lifeline {
    /// Ends the connection; whoever reads or writes on it gets an error.
    pub fn hang_up(&self) {
        // It may be closed already.
        let _ = self.tcp.shutdown(Shutdown::Both);
    }

    /// The server's address.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }
}

/// The address this computer would speak from to reach `peer`, or the world where there is none; `None` without a network. Sends
/// nothing: connecting a UDP socket only asks the kernel for the way.
#[must_use]
pub fn local_address(peer: Option<SocketAddr>) -> Option<IpAddr> {
    // RFC 5737: an address that belongs to nobody; the default route leads there.
    let peer = peer.unwrap_or_else(|| SocketAddr::from(([192, 0, 2, 1], 9)));
    let any: SocketAddr = if peer.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(peer).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// A connection to a server.
#[derive(Debug)]
pub enum Stream {
    /// Not protected.
    Plain(TcpStream),
    /// Protected by TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.get_ref(),
        }
    }

    /// A way to end the connection from another thread; `None` when the system gives none.
    #[must_use]
    pub fn lifeline(&self) -> Option<Lifeline> {
        let tcp = self.tcp().try_clone().ok()?;
        let peer = tcp.peer_addr().ok()?;
        Some(Lifeline { tcp: Arc::new(tcp), peer })
    }

    /// Sets how long one read and one write may block.
    ///
    /// # Errors
    /// What the system says.
    pub fn set_timeouts(&self, read: Duration, write: Duration) -> io::Result<()> {
        // Zero is an error for the system; it means "at once" to us.
        let at_least = Duration::from_millis(1);
        self.tcp().set_read_timeout(Some(read.max(at_least)))?;
        self.tcp().set_write_timeout(Some(write.max(at_least)))
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.read(into),
            Self::Tls(tls) => tls.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(tcp) => tcp.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}

/// `host:port`, for sentences.
pub(super) fn place(endpoint: &Endpoint) -> String {
    crate::domain::text::Text::from(format!("{}:{}", endpoint.host, endpoint.port)).into()
}

/// True for errors that mean "nothing within the time limit".
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Opens a TCP connection to the first address of the host that answers.
///
/// # Errors
/// [`Kind::Network`] when the name is not known or no address answers in time.
pub fn tcp(endpoint: &Endpoint, timeouts: &Timeouts) -> Result<TcpStream> {
    let addresses = resolve(endpoint, timeouts.connect)?;
    let mut last: Option<io::Error> = None;
    let mut left = addresses.len();
    for address in addresses {
        left -= 1;
        let patience = if left == 0 { timeouts.connect } else { timeouts.connect.min(NEXT_ADDRESS_AFTER) };
        match TcpStream::connect_timeout(&address, patience.max(Duration::from_millis(1))) {
            Ok(tcp) => {
                // Commands are short and wait for their answer; failing to say so costs only speed.
                let _ = tcp.set_nodelay(true);
                return Ok(tcp);
            }
            Err(error) => last = Some(error),
        }
    }
    let place = place(endpoint);
    Err(match last {
        Some(error) if is_timeout(&error) => Problem::new(Kind::Network, format!("{place} does not answer"))
            .hint("check the network, the host and the port"),
        Some(error) => Problem::new(Kind::Network, format!("no connection to {place}: {error}")),
        None => Problem::new(Kind::Network, format!("{place} has no address")),
    })
}

/// The addresses of the host. The system's resolver has no time limit of its own, so it runs beside.
fn resolve(endpoint: &Endpoint, limit: Duration) -> Result<Vec<SocketAddr>> {
    let host = endpoint.host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = endpoint.port;
    let (answer, answered) = mpsc::channel();
    std::thread::spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        // Nobody waits any more when the limit has passed.
        let _ = answer.send(found);
    });
    let place = place(endpoint);
    match answered.recv_timeout(limit) {
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(error)) => Err(Problem::new(Kind::Network, format!("{place} was not found: {error}"))
            .hint("check the network and the host name")),
        Err(_) => {
            Err(Problem::new(Kind::Network, format!("the name of {place} was not found in time"))
                .hint("check the network"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::Security;
    use crate::net::script::{Server, Step, patient};

    #[test]
    fn a_lifeline_ends_a_read_that_waits() {
        let server = Server::play(vec![Step::Hold]);
        let mut stream = Stream::Plain(tcp(&server.endpoint(), &patient()).unwrap());
        let lifeline = stream.lifeline().unwrap();
        assert_eq!(lifeline.peer().port(), server.endpoint().port);
        assert_eq!(local_address(Some(lifeline.peer())), Some(IpAddr::from([127, 0, 0, 1])));
        stream.set_timeouts(Duration::from_secs(600), Duration::from_secs(600)).unwrap();
        let reading = std::thread::spawn(move || stream.read(&mut [0; 8]));
        lifeline.hang_up();
        assert!(matches!(reading.join().unwrap(), Ok(0) | Err(_)));
        server.heard();
    }

    #[test]
    fn a_host_without_address_is_said_so() {
        let endpoint = Endpoint {
            host: "no-such-host.invalid\u{1b}[31m".to_owned(),
            port: 993,
            security: Security::Tls,
            ca_file: None,
            pin: None,
        };
        let problem = tcp(&endpoint, &patient()).unwrap_err();
        assert_eq!(problem.kind, Kind::Network);
        assert!(problem.sentence.starts_with("no-such-host.invalid␛[31m:993 was not found"), "{problem}");
    }
}
