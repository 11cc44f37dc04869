//! Names of actors as people write them: `@ada`, `ada@acme.example`, `acct:ada@acme.example:7001`.
//!
//! Called by the text scanner for mentions, by WebFinger, search, account look-up and registration. Pure.

use std::fmt;
use std::str::FromStr;

use url::Host;

/// Longest user name that may be registered here, in characters.
pub const LOCAL_USERNAME_MAX: usize = 30;

/// Longest user name that is taken from elsewhere, in characters (Mastodon's hard limit).
const REMOTE_USERNAME_MAX: usize = 2048;

/// Longest host name in DNS, in bytes.
const HOST_MAX: usize = 253;

/// Names which people could mistake for the service itself, or which are paths of it. Lower case, a space between.
const RESERVED: &str = "abuse account accounts activities actor admin administrator all anonymous answers api \
    assets audit auth authorize_interaction billing channel everyone events explore \
    favicon.ico followers following group groups health help here home host hostmaster hosts \
    inbox instance invite learning legal list login logout mailer-daemon media metrics mod \
    moderator moderators no-reply nobody nodeinfo noreply notifications oauth objects outbox \
    owner partners pollen postmaster privacy questions relay robots.txt root security sessions \
    settings share shared_inbox sharedinbox signin signup staff static status statuses support \
    system tag tags team terms users web webfinger webmaster well-known www";

/// Who is meant: a user name and, when it is not one of this instance, the domain it belongs to.
///
/// The user name keeps the case it was written in; the domain is normalised (see [`normalise_domain`]). Two handles
/// name the same actor when their [`key`](Handle::key)s are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    pub username: String,
    pub domain: Option<String>,
}

/// Why a text is no handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleError {
    Username,
    Domain,
}

/// Why a user name cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsernameError {
    Blank,
    /// More than [`LOCAL_USERNAME_MAX`] characters.
    TooLong,
    /// Something else than ASCII letters, digits, `_`, and `.` or `-` between them.
    Characters,
    Reserved,
}

impl Handle {
    /// Reads `user`, `@user`, `user@host`, `@user@host:port` or `acct:user@host`, with spaces around it.
    ///
    /// # Errors
    /// When the user name or the domain cannot be one.
    pub fn parse(text: &str) -> Result<Self, HandleError> {
        let text = text.trim();
        let text = match text.get(..5) {
            Some(scheme) if scheme.eq_ignore_ascii_case("acct:") => text.get(5..).unwrap_or_default(),
            _ => text,
        };
        let text = text.strip_prefix('@').unwrap_or(text);
        let (username, domain) = match text.split_once('@') {
            Some((username, domain)) => (username, Some(domain)),
            None => (text, None),
        };
        if !is_username(username) {
            return Err(HandleError::Username);
        }
        let domain = match domain {
            Some(domain) => Some(normalise_domain(domain).ok_or(HandleError::Domain)?),
            None => None,
        };
        Ok(Self { username: username.to_owned(), domain })
    }

    /// The form to compare and to index by: lower case throughout.
    #[must_use]
    pub fn key(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }

    /// The same handle without its domain when that is `local_domain` (already normalised).
    #[must_use]
    pub fn relative_to(mut self, local_domain: &str) -> Self {
        if self.domain.as_deref() == Some(local_domain) {
            self.domain = None;
        }
        self
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.domain {
            Some(domain) => write!(f, "{}@{domain}", self.username),
            None => f.write_str(&self.username),
        }
    }
}

impl FromStr for Handle {
    type Err = HandleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for HandleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Username => "not a user name",
            Self::Domain => "not a domain",
        })
    }
}

impl std::error::Error for HandleError {}

impl fmt::Display for UsernameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blank => "is blank",
            Self::TooLong => "is too long",
            Self::Characters => "may only contain letters, numbers, underscores, and dots or hyphens between them",
            Self::Reserved => "is reserved",
        })
    }
}

impl std::error::Error for UsernameError {}

/// Whether an actor anywhere may be called so: Mastodon's pattern `[a-z0-9_]+([.-]+[a-z0-9_]+)*`, any case.
#[must_use]
pub fn is_username(name: &str) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = name.as_bytes();
    bytes.len() <= REMOTE_USERNAME_MAX
        && bytes.first().is_some_and(word)
        && bytes.last().is_some_and(word)
        && bytes.iter().all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

/// Whether someone may register under this name here. Whether it is taken is not known here; compare names without case.
///
/// # Errors
/// Says which rule it breaks.
pub fn validate_local_username(name: &str) -> Result<(), UsernameError> {
    if name.trim().is_empty() {
        return Err(UsernameError::Blank);
    }
    if name.chars().count() > LOCAL_USERNAME_MAX {
        return Err(UsernameError::TooLong);
    }
    if !is_username(name) {
        return Err(UsernameError::Characters);
    }
    if RESERVED.split(' ').any(|reserved| reserved.eq_ignore_ascii_case(name)) {
        return Err(UsernameError::Reserved);
    }
    Ok(())
}

/// The one way in which a domain is stored and compared: lower case, punycode, no trailing dot, `:port` if it had one.
///
/// `None` for what can be no host of an instance: empty labels, IPv6 literals, user names, paths, port 0.
#[must_use]
pub fn normalise_domain(domain: &str) -> Option<String> {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) => (host, Some(parse_port(port)?)),
        None => (domain, None),
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    // `Host::parse` decodes percent signs, which would let two spellings of one host through.
    if host.contains('%') {
        return None;
    }
    let host = match Host::parse(host).ok()? {
        Host::Domain(name) => name,
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(_) => return None,
    };
    let host = host.strip_suffix('.').unwrap_or(&host);
    if host.len() > HOST_MAX || host.split('.').any(|label| label.is_empty() || label.len() > 63) {
        return None;
    }
    Some(match port {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok().filter(|port| *port != 0) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn handle(username: &str, domain: Option<&str>) -> Handle {
        Handle { username: username.into(), domain: domain.map(Into::into) }
    }

    #[test]
    fn reads_every_form() {
        for (text, expected) in [
            ("ada", handle("ada", None)),
            ("@ada", handle("ada", None)),
            ("Ada@Acme.Example", handle("Ada", Some("acme.example"))),
            (" @ada@acme.localhost:7001 ", handle("ada", Some("acme.localhost:7001"))),
            ("acct:ada@acme.example", handle("ada", Some("acme.example"))),
            ("ACCT:@ada@acme.example.", handle("ada", Some("acme.example"))),
            ("ada.l-ovelace_@bücher.example", handle("ada.l-ovelace_", Some("xn--bcher-kva.example"))),
            ("ada@xn--bcher-kva.example", handle("ada", Some("xn--bcher-kva.example"))),
            ("ada@127.0.0.1:7001", handle("ada", Some("127.0.0.1:7001"))),
        ] {
            assert_eq!(Handle::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_handle() {
        use HandleError::{Domain, Username};
        for (text, error) in [
            ("", Username),
            ("@", Username),
            ("@@acme.example", Username),
            (".ada", Username),
            ("ada.", Username),
            ("ådå", Username),
            ("ada b", Username),
            ("acct:", Username),
            ("ada@", Domain),
            ("ada@.", Domain),
            ("ada@a..b", Domain),
            ("ada@acme.example/path", Domain),
            ("ada@b@c", Domain),
            ("ada@acme.example:", Domain),
            ("ada@acme.example:0", Domain),
            ("ada@acme.example:70000", Domain),
            ("ada@acme.example:+80", Domain),
            ("ada@[::1]", Domain),
            ("ada@a%2eb", Domain),
        ] {
            assert_eq!(Handle::parse(text), Err(error), "{text}");
        }
        assert!(Handle::parse(&format!("ada@{}.example", "a".repeat(64))).is_err());
        assert!(Handle::parse(&"a".repeat(2049)).is_err());
    }

    #[test]
    fn compares_without_case_and_knows_its_own_domain() {
        let ada = handle("Ada", Some("acme.example"));
        assert_eq!(ada.key(), "ada@acme.example");
        assert_eq!(ada.to_string(), "Ada@acme.example");
        assert_eq!(ada.clone().relative_to("acme.example"), handle("Ada", None));
        assert_eq!(ada.clone().relative_to("globex.example"), ada);
    }

    #[test]
    fn local_names_follow_the_rule() {
        for name in ["ada", "Ada_99", "a", "_", "a.b-c", &"a".repeat(30)] {
            assert_eq!(validate_local_username(name), Ok(()), "{name}");
        }
        assert_eq!(validate_local_username(" "), Err(UsernameError::Blank));
        assert_eq!(validate_local_username(&"a".repeat(31)), Err(UsernameError::TooLong));
        assert_eq!(validate_local_username("a@b"), Err(UsernameError::Characters));
        assert_eq!(validate_local_username("-a"), Err(UsernameError::Characters));
        assert_eq!(validate_local_username("ADMIN"), Err(UsernameError::Reserved));
        assert_eq!(validate_local_username("nodeinfo"), Err(UsernameError::Reserved));
    }

    proptest! {
        #[test]
        fn never_panics_and_display_parses_back(text in "\\PC{0,40}|[a-zA-Z0-9@:.\\-_]{0,40}") {
            if let Ok(handle) = Handle::parse(&text) {
                prop_assert_eq!(Handle::parse(&handle.to_string()), Ok(handle.clone()));
                prop_assert_eq!(Handle::parse(&format!("acct:{handle}")), Ok(handle));
            }
        }
    }
}
