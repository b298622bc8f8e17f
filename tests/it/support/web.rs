//! A web server with one file, over TLS.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::ca::{CertKind, certificate};

/// Serves this file at every path of `https://localhost:PORT/` until the test process ends; gives the port.
pub fn serve(file: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let certificate = certificate(CertKind::Good);
    let identity = native_tls::Identity::from_pkcs8(certificate.cert.as_bytes(), certificate.key.as_bytes());
    let acceptor = native_tls::TlsAcceptor::new(identity.expect("openssl made it")).expect("TLS");
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            // A client that does not trust us goes away.
            let Ok(mut tls) = acceptor.accept(stream) else { continue };
            let (mut request, mut byte) = (Vec::new(), [0]);
            while !request.ends_with(b"\r\n\r\n") && tls.read(&mut byte).is_ok_and(|read| read == 1) {
                request.push(byte[0]);
            }
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", file.len());
            let _ = tls.write_all(head.as_bytes()).and_then(|()| tls.write_all(file.as_bytes()));
            let _ = tls.shutdown();
        }
    });
    port
}
