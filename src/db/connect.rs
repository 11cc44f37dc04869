//! Opens connections, with TLS as the URL asks for it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::database_url::{DatabaseUrl, Tls, chain};

/// Opens connections to one database.
#[derive(Clone)]
pub struct Connector {
    postgres: tokio_postgres::Config,
    /// Where the server is, for messages.
    place: String,
    tls: Option<MakeRustlsConnect>,
}

impl Connector {
    /// Reads the URL, and the authorities that it names. `background`: see [`super::Db`].
    ///
    /// # Errors
    /// What is wrong with the URL or the authorities, without the password.
    pub fn new(url: &str, background: bool) -> Result<Self, String> {
        let url = DatabaseUrl::parse(url).map_err(|why| format!("database.url {why}"))?;
        let place = url.place();
        let mut postgres = url.postgres;
        let options = postgres.get_options().unwrap_or_default().to_owned();
        let commit = if background { "off" } else { "on" };
        postgres.options(format!("{options} -c synchronous_commit={commit} -c timezone=UTC -c jit=off"));
        if postgres.get_connect_timeout().is_none() {
            postgres.connect_timeout(Duration::from_secs(5));
        }
        postgres.application_name("pollen");
        // What waits for an answer finds out by this that its question never arrived.
        if postgres.get_tcp_user_timeout().is_none() {
            postgres.tcp_user_timeout(Duration::from_secs(30));
        }
        // A connection that only listens finds out by these that the other side is gone.
        postgres
            .keepalives_idle(Duration::from_secs(30))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(3);
        Ok(Self { postgres, place, tls: client_config(&url.tls)?.map(MakeRustlsConnect::new) })
    }

    /// Opens one connection. Its driver runs on the runtime that calls this.
    ///
    /// # Errors
    /// Says which server it was, and what it or the network answered.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        match &self.tls {
            Some(tls) => {
                let opened = self.postgres.connect(tls.clone()).await;
                let (client, connection) = opened.map_err(|error| self.failed(&error))?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
            None => {
                let opened = self.postgres.connect(NoTls).await;
                let (client, connection) = opened.map_err(|error| self.failed(&error))?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
        }
    }

    fn failed(&self, error: &tokio_postgres::Error) -> ConnectionError {
        let mut why = match error.as_db_error() {
            Some(said) => said.message().to_owned(),
            None => chain(error),
        };
        if why.contains("invalid peer certificate") {
            why.push_str("; an authority of your own is trusted with sslrootcert=FILE in database.url");
        }
        ConnectionError::BadConnection(format!("{}: {why}", self.place))
    }
}

fn client_config(tls: &Tls) -> Result<Option<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = || {
        ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())
    };
    let verified = match tls {
        Tls::Off => return Ok(None),
        Tls::IfOffered => builder()?.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider.clone()))),
        Tls::Verified { ca: None } => builder()?.with_platform_verifier().map_err(|error| error.to_string())?,
        Tls::Verified { ca: Some(file) } => {
            let roots = Arc::new(authorities(file)?);
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build();
            builder()?.with_webpki_verifier(verifier.map_err(|error| error.to_string())?)
        }
    };
    Ok(Some(verified.with_no_client_auth()))
}

/// The certificates of a PEM file; at least one.
fn authorities(file: &Path) -> Result<RootCertStore, String> {
    let wrong = |why: String| format!("database.url: sslrootcert: {}: {why}", file.display());
    let pem = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() { Err(wrong("there is no certificate in it".into())) } else { Ok(roots) }
}

/// Takes any certificate: for `prefer`, which would go on without TLS as well, and is there for servers that have made
/// their certificate themselves, as Debian's do.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_vanishes_is_noticed() {
        let url = "postgres://pollen@db.example/pollen?sslmode=disable";
        let timeout = |url: &str| Connector::new(url, false).unwrap().postgres.get_tcp_user_timeout().copied();
        assert_eq!(timeout(url), Some(Duration::from_secs(30)));
        assert_eq!(timeout(&format!("{url}&tcp_user_timeout=5")), Some(Duration::from_secs(5)), "as the URL says");
    }
}
