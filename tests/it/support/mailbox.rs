//! A mail server: instances hand it their letters by SMTP, over TCP; it keeps them, or refuses.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use mailin_embedded::{AuthMechanism, Handler, Response, Server, SslConfig, response};
use pollen::config::{Config, MailTls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use regex::Regex;
use tempfile::TempDir;

/// A letter that came.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and text, as they were sent.
    pub raw: String,
}

impl Mail {
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap();
        let start = format!("{name}: ");
        head.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default().to_owned()
    }

    /// Soft line breaks taken out.
    pub fn text(&self) -> String {
        let text = self.raw.split_once("\r\n\r\n").unwrap().1.replace("\r\n", "\n");
        if self.header("Content-Transfer-Encoding") == "quoted-printable" {
            text.replace("=\n", "").replace("=3D", "=")
        } else {
            text
        }
    }

    /// The path of the first link in it to a page with a secret.
    #[track_caller]
    pub fn link(&self) -> String {
        let text = self.text();
        let link = Regex::new(r"https?://[^/\s]+(/auth/\S+)").unwrap();
        link.captures(&text).unwrap_or_else(|| panic!("no link in\n{text}"))[1].to_owned()
    }
}

#[derive(Default)]
struct Shared {
    letters: Vec<Mail>,
    /// What is answered to every address instead of taking it.
    refuse: Option<u16>,
}

/// Clones are the same server.
#[derive(Clone)]
pub struct Mailbox {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    /// The authority that vouches for it, where it speaks TLS.
    authority: Option<Arc<TempDir>>,
}

/// Who may send by a server that asks who it is.
const ACCOUNT: (&str, &str) = ("pollen", "a secret of its own");

/// One connection.
#[derive(Clone)]
struct Receiver {
    shared: Arc<Mutex<Shared>>,
    coming: Mail,
}

impl Handler for Receiver {
    fn auth_plain(&mut self, _: &str, name: &str, password: &str) -> Response {
        if (name, password) == ACCOUNT { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }

    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.coming = Mail { from: from.to_owned(), ..Mail::default() };
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if let Some(code) = self.shared.lock().unwrap().refuse {
            return Response::custom(code, "No".into());
        }
        self.coming.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, buf: &[u8]) -> io::Result<()> {
        self.coming.raw.push_str(&String::from_utf8_lossy(buf));
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let letter = std::mem::take(&mut self.coming);
        self.shared.lock().unwrap().letters.push(letter);
        response::OK
    }
}

impl Mailbox {
    /// Listens until the tests end.
    pub fn open() -> Self {
        Self::start(None)
    }

    /// As [`Mailbox::open`], by STARTTLS alone, and asking for a name and a password.
    pub fn open_with_tls() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        for (name, pem) in
            [("ca.pem", authority_pem), ("cert.pem", certificate.pem()), ("key.pem", key.serialize_pem())]
        {
            std::fs::write(directory.path().join(name), pem).unwrap();
        }
        Self::start(Some(directory))
    }

    fn start(authority: Option<TempDir>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mailbox = Self { address, shared: Arc::default(), authority: authority.map(Arc::new) };
        let receiver = Receiver { shared: mailbox.shared.clone(), coming: Mail::default() };
        let mut server = Server::new(receiver);
        server.with_name("mail.test").with_tcp_listener(listener);
        if let Some(directory) = &mailbox.authority {
            let file = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
            let tls = SslConfig::SelfSigned { cert_path: file("cert.pem"), key_path: file("key.pem") };
            server.with_auth(AuthMechanism::Plain).with_ssl(tls).unwrap();
        }
        std::thread::spawn(move || server.serve().unwrap());
        mailbox
    }

    /// As [`Mailbox::configure`], for one with TLS.
    pub fn configure_with_tls(&self) -> impl Fn(&mut Config) + Send + 'static {
        let configure = self.configure();
        let authority = self.authority.as_ref().expect("it has TLS").path().join("ca.pem");
        move |config| {
            configure(config);
            config.mail.host = "localhost".into();
            config.mail.tls = MailTls::Starttls;
            (config.mail.user, config.mail.password) = (ACCOUNT.0.into(), ACCOUNT.1.into());
            config.federation.extra_ca = Some(authority.clone());
        }
    }

    /// For [`Builder::configure`](super::world::Builder).
    pub fn configure(&self) -> impl Fn(&mut Config) + Send + 'static {
        let port = self.address.port();
        move |config| {
            config.mail.host = "127.0.0.1".into();
            config.mail.port = port;
            config.mail.tls = MailTls::None;
            config.mail.from = format!("Pollen <pollen@{}>", config.instance.domain);
        }
    }

    /// Answers so from now on; `None`: takes all.
    pub fn refuse(&self, code: Option<u16>) {
        self.shared.lock().unwrap().refuse = code;
    }

    /// Takes out all that came.
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.shared.lock().unwrap().letters)
    }

    /// Takes out the one letter that came.
    #[track_caller]
    pub fn one(&self) -> Mail {
        let mut letters = self.take();
        assert_eq!(letters.len(), 1, "{letters:#?}");
        letters.remove(0)
    }
}
