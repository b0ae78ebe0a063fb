//! TLS and sign-in before a cluster, as its security plugin does both: the jars of the tests
//! come without it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A proxy that hands on what comes with the header.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    /// The certificate of who signed the proxy's.
    pub(crate) authority: String,
}

/// Serves until the tests are over.
pub(crate) fn serve(behind: u16, authorization: &'static str) -> Proxy {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap();
    let issuer = rcgen::Issuer::new(params, key);
    let own_key = rcgen::KeyPair::generate().unwrap();
    let own = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let own = own.signed_by(&own_key, &issuer).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || {
                let connection = ServerConnection::new(config).unwrap();
                // Who hangs up does so.
                let _ = hand_on(StreamOwned::new(connection, stream), behind, authorization);
            });
        }
    });
    Proxy { port, authority: authority.pem() }
}

/// One request and its answer; each has a connection of its own.
fn hand_on(
    stream: StreamOwned<ServerConnection, TcpStream>,
    behind: u16,
    authorization: &str,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length, mut known) = (String::new(), 0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        match name.to_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => known = value.trim() == authorization,
            "connection" => continue,
            _ => {}
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut answer = Vec::new();
    if known {
        let mut cluster = TcpStream::connect(("127.0.0.1", behind))?;
        cluster.write_all(format!("{head}connection: close\r\n\r\n").as_bytes())?;
        cluster.write_all(&body)?;
        cluster.read_to_end(&mut answer)?;
    } else {
        let told = "HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\nUnauthorized";
        answer.extend_from_slice(told.as_bytes());
    }
    let stream = reader.get_mut();
    stream.write_all(&answer)?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// A file with the authority's certificate.
pub(crate) fn authority_in(folder: PathBuf, proxy: &Proxy) -> String {
    let file = folder.join("authority.pem");
    std::fs::write(&file, &proxy.authority).unwrap();
    file.display().to_string()
}
