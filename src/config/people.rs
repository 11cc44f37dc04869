//! Who gets an account, and how this instance writes to them.

use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

use super::{Config, ConfigError, refuse};

/// Who may register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegistrationMode {
    Open,
    /// Everyone can ask; somebody has to approve.
    Approval,
    /// Whoever is invited by somebody here.
    Invitation,
    #[default]
    Closed,
}

impl RegistrationMode {
    /// Whether somebody whom nobody here knows can register, or at least ask.
    pub fn takes_strangers(self) -> bool {
        matches!(self, Self::Open | Self::Approval)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registrations {
    pub mode: RegistrationMode,
    /// Why nobody can register by themselves, and how one gets in: Markdown.
    pub message: String,
    /// Where one asks for an account, or makes one, outside of Pollen.
    pub url: Option<url::Url>,
    /// Whoever has not confirmed their address after so many days is forgotten. 0: never.
    pub unconfirmed_days: u32,
}

impl Default for Registrations {
    fn default() -> Self {
        Self { mode: RegistrationMode::default(), message: String::new(), url: None, unconfirmed_days: 14 }
    }
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// By STARTTLS, which the server must offer.
    #[default]
    Starttls,
    /// From the first byte on.
    Implicit,
    /// Not at all.
    None,
}

/// The server that takes what is written to people.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Empty: nothing is sent.
    pub host: String,
    /// 0: the usual one, 587, 465 or 25 by `tls`.
    pub port: u16,
    pub tls: MailTls,
    /// Empty: it asks for no name.
    pub user: String,
    pub password: String,
    /// Whom letters come from: `Pollen <pollen@acme.com>`.
    pub from: String,
}

impl Mail {
    /// Whether there is a server to send by.
    pub fn is_set_up(&self) -> bool {
        !self.host.is_empty()
    }

    /// The port that is meant.
    pub fn port_in_force(&self) -> u16 {
        match (self.port, self.tls) {
            (0, MailTls::Starttls) => 587,
            (0, MailTls::Implicit) => 465,
            (0, MailTls::None) => 25,
            (port, _) => port,
        }
    }
}

impl Config {
    pub(super) fn validate_mail(&self) -> Result<(), ConfigError> {
        let mail = &self.mail;
        if !mail.is_set_up() {
            let given = !mail.user.is_empty() || !mail.password.is_empty() || !mail.from.is_empty();
            return if given { Err(refuse("mail.host", "is required: the server that takes letters")) } else { Ok(()) };
        }
        if mail.from.parse::<Mailbox>().is_err() {
            return Err(refuse("mail.from", "must be an address, e.g. \"Pollen <pollen@acme.com>\""));
        }
        if mail.user.is_empty() != mail.password.is_empty() {
            return Err(refuse("mail.password", "goes with mail.user: give both or neither"));
        }
        let nearby = mail.host == "localhost" || mail.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if mail.tls == MailTls::None && !mail.user.is_empty() && !nearby {
            return Err(refuse("mail.tls", "must not be \"none\" where a password is sent to another machine"));
        }
        Ok(())
    }
}
