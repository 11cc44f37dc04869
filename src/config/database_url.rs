//! The URL of a Postgres server, in libpq's form, so that the same URL serves `psql` and `pg_dump`.

use std::path::PathBuf;

use tokio_postgres::config::{Host, SslMode};
use url::form_urlencoded;

/// A server, and how to speak to it.
#[derive(Clone, Debug)]
pub struct DatabaseUrl {
    pub postgres: tokio_postgres::Config,
    pub tls: Tls,
}

/// What is asked of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    Off,
    /// `prefer`: encrypted when the server offers it, whoever it is. Stops nobody who can change what travels.
    IfOffered,
    /// `require` and `verify-full`: the certificate and the name in it are verified, against this PEM file or, without one,
    /// the system's authorities.
    Verified {
        ca: Option<PathBuf>,
    },
}

impl DatabaseUrl {
    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…&sslrootcert=…`.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow the key's name and don't repeat the password.
    pub fn parse(url: &str) -> Result<Self, String> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err("must begin with postgres://, e.g. \"postgres://pollen:secret@db/pollen\"".into());
        }
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut ca) = (None, None);
        let mut others = form_urlencoded::Serializer::new(String::new());
        // A plus sign is itself here, and no space as in forms.
        for (name, value) in form_urlencoded::parse(query.replace('+', "%2B").as_bytes()) {
            match name.as_ref() {
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" => ca = Some(value.into_owned()),
                _ => {
                    others.append_pair(&name, &value);
                }
            }
        }
        let ca = ca.filter(|ca| ca != "system").map(PathBuf::from);
        let tls = match (mode.as_deref(), ca) {
            (Some("require" | "verify-full"), ca) => Tls::Verified { ca },
            (None, Some(ca)) => Tls::Verified { ca: Some(ca) },
            (Some("disable"), None) => Tls::Off,
            (Some("prefer") | None, None) => Tls::IfOffered,
            (Some("disable" | "prefer"), Some(_)) => return Err("sslrootcert needs sslmode=verify-full".into()),
            (Some(_), _) => return Err("sslmode must be disable, prefer, require or verify-full".into()),
        };
        let others = others.finish().replace('+', "%20");
        let mut postgres: tokio_postgres::Config =
            format!("{address}?{others}").parse().map_err(|error| format!("cannot be read: {}", chain(&error)))?;
        if postgres.get_hosts().is_empty() {
            return Err("names no host".into());
        }
        postgres.ssl_mode(match tls {
            Tls::Off => SslMode::Disable,
            Tls::IfOffered => SslMode::Prefer,
            Tls::Verified { .. } => SslMode::Require,
        });
        Ok(Self { postgres, tls })
    }

    /// Where the server is, for messages: `db.internal:5432`.
    pub fn place(&self) -> String {
        let ports = self.postgres.get_ports();
        let places = self.postgres.get_hosts().iter().enumerate().map(|(index, host)| {
            let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(path) => path.display().to_string(),
            }
        });
        places.collect::<Vec<_>>().join(", ")
    }
}

/// An error with what is behind it: tokio-postgres itself says little.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_asked_for_as_in_libpq() {
        let verified = |ca: Option<&str>| Tls::Verified { ca: ca.map(PathBuf::from) };
        for (query, tls) in [
            ("", Tls::IfOffered),
            ("?sslmode=prefer&application_name=x", Tls::IfOffered),
            ("?sslmode=disable", Tls::Off),
            ("?sslmode=require", verified(None)),
            ("?sslmode=verify-full&sslrootcert=system", verified(None)),
            ("?connect_timeout=3&sslmode=verify-full&sslrootcert=%2Fetc%2Fa+b.pem", verified(Some("/etc/a+b.pem"))),
            ("?sslrootcert=/etc/ca.pem", verified(Some("/etc/ca.pem"))),
        ] {
            let url = DatabaseUrl::parse(&format!("postgresql://u:p@db.internal:5433/x{query}")).unwrap();
            assert_eq!(url.tls, tls, "{query}");
            assert_eq!(url.place(), "db.internal:5433");
            assert_eq!(url.postgres.get_password(), Some(b"p".as_slice()));
        }
    }

    #[test]
    fn what_cannot_be_is_refused_without_the_password() {
        for (url, why) in [
            ("mysql://u:secret@h/x", "postgres://"),
            ("postgres://u:secret@h/x?sslmode=verify-ca", "sslmode"),
            ("postgres://u:secret@h/x?sslmode=disable&sslrootcert=/x", "sslrootcert"),
            ("postgres://u:secret@h/x?ssl=true", "ssl"),
            ("postgres://u:secret@h:port/x", "port"),
        ] {
            let error = DatabaseUrl::parse(url).unwrap_err();
            assert!(error.contains(why) && !error.contains("u:secret"), "{url}: {error}");
        }
    }
}
