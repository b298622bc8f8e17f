//! The DNS records that the system's resolver does not give: SRV (RFC 2782) and MX.
//!
//! A small stub resolver (RFC 1035, RFC 5452): a random number and a fresh port for each question, answers only from the
//! server that was asked and only to what was asked, TCP where an answer is cut.

use crate::domain::provider::records::Srv;
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// How long one server may take over one question before the next is asked; then the first again.
const PATIENCE: Duration = Duration::from_millis(1500);
/// The C library asks no more either.
const MOST_SERVERS: usize = 3;
/// Nobody has more hosts.
const MOST_RECORDS: usize = 64;

/// The nameservers of `/etc/resolv.conf`; as the C library has it, this computer's own when there are none.
#[must_use]
pub fn nameservers() -> Vec<SocketAddr> {
    parse(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
}

fn parse(resolv_conf: &str) -> Vec<SocketAddr> {
    let addresses = resolv_conf.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let address = (words.next() == Some("nameserver")).then(|| words.next()).flatten()?;
        address.parse::<IpAddr>().ok()
    });
    let mut servers: Vec<SocketAddr> = addresses.take(MOST_SERVERS).map(|address| (address, 53).into()).collect();
    if servers.is_empty() {
        servers.push((Ipv4Addr::LOCALHOST, 53).into());
    }
    servers
}

/// Asks nameservers.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// Whom to ask, in this order; empty knows nothing.
    pub servers: Vec<SocketAddr>,
    /// When nobody waits any more.
    pub deadline: Instant,
}

impl Resolver {
    /// The hosts that receive a domain's mail, the preferred ones first; empty when there are none or nobody answers.
    #[must_use]
    pub fn mx(&self, domain: &str) -> Vec<String> {
        let mut hosts = self.ask(domain, TYPE::MX, |data| match data {
            RData::MX(mx) => Some((mx.preference, mx.exchange.to_string())),
            _ => None,
        });
        hosts.sort();
        hosts.into_iter().map(|(_, host)| host).collect()
    }

    /// The hosts of a service such as `_imaps._tcp.firma.example`; empty when there are none or nobody answers.
    #[must_use]
    pub fn srv(&self, name: &str) -> Vec<Srv> {
        self.ask(name, TYPE::SRV, |data| match data {
            RData::SRV(srv) => {
                let (priority, weight, port) = (srv.priority, srv.weight, srv.port);
                Some(Srv { priority, weight, port, target: srv.target.to_string() })
            }
            _ => None,
        })
    }

    fn ask<T>(&self, name: &str, kind: TYPE, read: fn(&RData<'_>) -> Option<T>) -> Vec<T> {
        let Ok(name) = Name::new(name) else { return Vec::new() };
        // Twice round: a packet may be lost.
        for server in self.servers.iter().chain(&self.servers) {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let question = Question::new(name.clone(), QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false);
            let Some(bytes) = exchange(*server, question, left.min(PATIENCE)) else { continue };
            let Ok(answer) = Packet::parse(&bytes) else { continue };
            if !matches!(answer.rcode(), RCODE::NoError | RCODE::NameError) {
                continue; // this server cannot help; the next may
            }
            return answer.answers.iter().take(MOST_RECORDS).filter_map(|record| read(&record.rdata)).collect();
        }
        Vec::new()
    }
}

/// One question to one server: the bytes of its answer.
fn exchange(server: SocketAddr, question: Question<'_>, limit: Duration) -> Option<Vec<u8>> {
    let deadline = Instant::now() + limit;
    let mut id = [0; 2];
    getrandom::fill(&mut id).ok()?;
    let mut query = Packet::new_query(u16::from_be_bytes(id));
    query.set_flags(PacketFlag::RECURSION_DESIRED);
    query.questions.push(question);
    let asked = query.build_bytes_vec().ok()?;
    let bytes = over_udp(server, &asked, &query, deadline).ok()?;
    let is_cut = Packet::parse(&bytes).is_ok_and(|answer| answer.has_flags(PacketFlag::TRUNCATION));
    if !is_cut {
        return Some(bytes);
    }
    over_tcp(server, &asked, deadline).ok().filter(|bytes| answers(bytes, &query))
}

/// The first answer to our question; anything else that arrives is not looked at (RFC 5452, 9.1).
fn over_udp(server: SocketAddr, asked: &[u8], query: &Packet<'_>, deadline: Instant) -> io::Result<Vec<u8>> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    // Connected: the system passes on only what comes from this server.
    socket.connect(server)?;
    socket.send(asked)?;
    let mut packet = [0; 4096];
    loop {
        socket.set_read_timeout(Some(left(deadline)?))?;
        let length = socket.recv(&mut packet)?;
        let bytes = packet.get(..length).unwrap_or_default();
        if answers(bytes, query) {
            return Ok(bytes.to_vec());
        }
    }
}

/// The same over TCP, where a length stands before each message (RFC 1035, 4.2.2).
fn over_tcp(server: SocketAddr, asked: &[u8], deadline: Instant) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&server, left(deadline)?)?;
    let length = u16::try_from(asked.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    stream.set_write_timeout(Some(left(deadline)?))?;
    stream.write_all(&[&length.to_be_bytes(), asked].concat())?;
    let mut length = [0; 2];
    fill(&mut stream, &mut length, deadline)?;
    let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
    fill(&mut stream, &mut bytes, deadline)?;
    Ok(bytes)
}

/// Reads exactly so much, with one deadline for all of it: a server that drips bytes does not hold us up.
fn fill(stream: &mut TcpStream, mut into: &mut [u8], deadline: Instant) -> io::Result<()> {
    while !into.is_empty() {
        stream.set_read_timeout(Some(left(deadline)?))?;
        match stream.read(into)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => into = into.get_mut(read..).unwrap_or_default(),
        }
    }
    Ok(())
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// True for an answer to exactly this question.
fn answers(bytes: &[u8], query: &Packet<'_>) -> bool {
    let Ok(answer) = Packet::parse(bytes) else { return false };
    let same = |ours: &Question<'_>, theirs: &Question<'_>| {
        let name = |question: &Question<'_>| question.qname.to_string().to_lowercase();
        ours.qtype == theirs.qtype && ours.qclass == theirs.qclass && name(ours) == name(theirs)
    };
    answer.id() == query.id()
        && answer.has_flags(PacketFlag::RESPONSE)
        && match (query.questions.as_slice(), answer.questions.as_slice()) {
            ([ours], [theirs]) => same(ours, theirs),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nameservers_are_read_as_the_c_library_does() {
        let file = "# nameserver 9.9.9.9\nsearch firma.pl\nnameserver 10.0.0.1\nnameserver\t::1 x\nnameserver fe80::1%eth0\nnameserver 1.1.1.1\nnameserver 8.8.8.8\n";
        let servers: Vec<String> = parse(file).iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["10.0.0.1:53", "[::1]:53", "1.1.1.1:53"]);
        assert_eq!(parse(""), [SocketAddr::from((Ipv4Addr::LOCALHOST, 53))]);
    }
}
