//! A certificate authority for tests, made with the `openssl` command.
//!
//! It is made once in each test process and kept in memory, so no folder is left behind.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What a server shows as its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertKind {
    /// Signed by the test authority, valid now, for `localhost` and `127.0.0.1`.
    Good,
    /// As `Good`, but it ended in 2021.
    Expired,
    /// As `Good`, but for `mail.elsewhere.example`.
    WrongHost,
    /// For `localhost` and `127.0.0.1`, but signed by nobody but itself.
    SelfSigned,
}

/// A certificate and its key, both PEM.
pub struct Certificate {
    pub cert: String,
    pub key: String,
}

/// The PEM of the authority that signed all but the self-signed certificate.
pub fn ca_pem() -> &'static str {
    &authority().cert
}

/// The certificate of this kind.
pub fn certificate(kind: CertKind) -> &'static Certificate {
    static MADE: [OnceLock<Certificate>; 4] = [const { OnceLock::new() }; 4];
    MADE[kind as usize].get_or_init(|| make(kind))
}

fn authority() -> &'static Certificate {
    static MADE: OnceLock<Certificate> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().expect("temporary folder");
        self_sign(dir.path(), "Postbook Test Authority", "authority");
        read(dir.path())
    })
}

fn make(kind: CertKind) -> Certificate {
    let dir = tempfile::tempdir().expect("temporary folder");
    match kind {
        CertKind::Good => sign(dir.path(), "local", &[]),
        CertKind::WrongHost => sign(dir.path(), "elsewhere", &[]),
        CertKind::Expired => {
            sign(dir.path(), "local", &["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]);
        }
        CertKind::SelfSigned => self_sign(dir.path(), "localhost", "local"),
    }
    read(dir.path())
}

/// One file for all calls, because the system's own openssl.cnf may hold anything.
const CONFIG: &str = "
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[local]
subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth
[elsewhere]
subjectAltName = DNS:mail.elsewhere.example
extendedKeyUsage = serverAuth
[ca]
default_ca = here
[here]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
";

fn self_sign(dir: &Path, name: &str, extensions: &str) {
    std::fs::write(dir.join("openssl.cnf"), CONFIG).expect("write openssl.cnf");
    let subject = format!("/CN={name}");
    new_key(dir, &["-x509", "-days", "3650", "-out", "cert.pem", "-extensions", extensions, "-subj", &subject]);
}

fn sign(dir: &Path, extensions: &str, validity: &[&str]) {
    let ca = authority();
    let serial = if validity.is_empty() { "1000\n" } else { "2000\n" };
    let files = [
        ("openssl.cnf", CONFIG),
        ("ca.pem", ca.cert.as_str()),
        ("ca.key", ca.key.as_str()),
        ("index.txt", ""),
        ("serial", serial),
    ];
    for (file, content) in files {
        std::fs::write(dir.join(file), content).expect("write for openssl");
    }
    new_key(dir, &["-out", "request.pem", "-subj", "/CN=localhost"]);
    let mut ca = vec!["ca", "-batch", "-config", "openssl.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-notext"];
    ca.extend(["-in", "request.pem", "-out", "cert.pem", "-extensions", extensions]);
    // `openssl ca`, because it alone takes a start and an end in the past in all versions that are around.
    ca.extend(if validity.is_empty() { &["-days", "3650"] } else { validity });
    openssl(dir, &ca);
}

/// Elliptic curves, because an RSA key would take longer than the whole server.
fn new_key(dir: &Path, more: &[&str]) {
    let mut arguments = vec!["req", "-new", "-config", "openssl.cnf", "-nodes", "-keyout", "key.pem"];
    arguments.extend(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    arguments.extend(more);
    openssl(dir, &arguments);
}

fn openssl(dir: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(dir)
        .env_remove("OPENSSL_CONF")
        .stdin(Stdio::null())
        .output()
        .expect("the openssl command is needed: see tests/run");
    assert!(output.status.success(), "openssl {arguments:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
}

fn read(dir: &Path) -> Certificate {
    let read = |file| std::fs::read_to_string(dir.join(file)).expect("openssl wrote it");
    Certificate { cert: read("cert.pem"), key: read("key.pem") }
}
