//! Hands letters to the configured server, by SMTP.

use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::Message;
use crate::app::App;
use crate::base::{Error, Result};
use crate::config::MailTls;
use crate::jobs::Outcome;

/// How long the server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a server says of an address or a letter that it will never take (RFC 5321, section 4.2.3).
const NEVER: std::ops::RangeInclusive<u16> = 550..=554;

/// Hands a letter over. One that the server will never take is dropped.
///
/// # Errors
/// [`Error::Remote`] when the server cannot be reached, or not now; trying again may help.
pub async fn send(app: &App, message: &Message) -> Result<Outcome> {
    if !app.config.mail.is_set_up() {
        return Ok(Outcome::drop("no mail server is configured any more"));
    }
    let Ok(to) = message.to.parse::<Mailbox>() else {
        return Ok(Outcome::drop("the address is none that a mail server knows"));
    };
    let letter = compose(app, to, message)?;
    match transport(app).await?.send(letter).await {
        Ok(_) => Ok(Outcome::Done),
        Err(error) if is_final(&error) => {
            // Without the address, which would not belong into a log.
            tracing::warn!(status = ?error.status(), "the mail server refuses a letter");
            Ok(Outcome::drop("the mail server refuses it"))
        }
        Err(error) => Err(Error::Remote(format!("the mail server {}: {error}", app.config.mail.host))),
    }
}

fn is_final(error: &SmtpError) -> bool {
    error.is_permanent() && error.status().is_some_and(|status| NEVER.contains(&u16::from(status)))
}

fn compose(app: &App, to: Mailbox, message: &Message) -> Result<Letter> {
    let from: Mailbox = app.config.mail.from.parse().map_err(Error::internal)?;
    // Programs that answer letters by themselves leave those alone that were written by a program (RFC 3834).
    let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    Letter::builder()
        .from(from)
        .to(to)
        .subject(message.subject.clone())
        .date(app.now().into())
        .message_id(Some(format!("<{}@{}>", app.mint(), app.config.instance.domain)))
        .raw_header(automatic)
        .header(ContentType::TEXT_PLAIN)
        .body(message.text.clone())
        .map_err(Error::internal)
}

/// Whom to trust: the system's authorities, and the one that is trusted besides them.
async fn parameters(app: &App) -> Result<TlsParameters> {
    let mut parameters = TlsParameters::builder(app.config.mail.host.clone());
    if let Some(file) = &app.config.federation.extra_ca {
        let pem = tokio::fs::read(file).await.map_err(Error::internal)?;
        parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(Error::internal)?);
    }
    parameters.build_rustls().map_err(Error::internal)
}

async fn transport(app: &App) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    let mail = &app.config.mail;
    let tls = match mail.tls {
        MailTls::Starttls => Tls::Required(parameters(app).await?),
        MailTls::Implicit => Tls::Wrapper(parameters(app).await?),
        MailTls::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(mail.host.clone())
        .port(mail.port_in_force())
        .tls(tls)
        .timeout(Some(PATIENCE))
        .hello_name(ClientId::Domain(app.config.instance.domain.clone()));
    if !mail.user.is_empty() {
        builder = builder.credentials(Credentials::new(mail.user.clone(), mail.password.clone()));
    }
    Ok(builder.build())
}
