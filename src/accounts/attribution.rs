//! Domains whose pages may name an account as their author (`fediverse:creator`). Pure. Called by `ops`, `wire` and
//! `statuses::view`.

use crate::base::handle::normalise_domain;
use crate::base::{Error, Result, why};

/// Domains that a person here may name, as Mastodon documents it.
pub const MOST_OWN: usize = 10;

/// Domains that are kept of somebody elsewhere.
pub const MOST_KEPT: usize = 100;

/// A domain as it is kept, of what people write: also with `https://` or `*.` before it. `None` for what is none, and for what is nobody's,
/// like `com`.
pub fn domain(text: &str) -> Option<String> {
    let text = text.trim();
    let text = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text);
    let text = text.strip_prefix("*.").unwrap_or(text);
    normalise_domain(text.trim_end_matches('/')).filter(|domain| domain.contains('.'))
}

/// The domains that a person names, each once; blank ones are left out, since forms say by one that there is none.
///
/// # Errors
/// When one is no domain, or there are too many.
pub fn own(texts: &[String]) -> Result<Vec<String>> {
    const FIELD: &str = "attribution_domains";
    let mut domains: Vec<String> = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let domain = domain(text).ok_or_else(|| {
            let start: String = text.chars().take(100).collect();
            Error::invalid(FIELD, why!("must be domains, such as example.com: {start} is none", start = start))
        })?;
        if !domains.contains(&domain) {
            domains.push(domain);
        }
        if domains.len() > MOST_OWN {
            return Err(Error::invalid(FIELD, why!("can be at most {most}", most = MOST_OWN)));
        }
    }
    Ok(domains)
}

/// Whether a host is one of these domains, or below one.
pub fn covers(domains: &[String], host: &str) -> bool {
    let below =
        |domain: &String| host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    domains.iter().any(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_as_people_write_them() {
        for text in
            ["example.com", " Example.COM. ", "https://example.com/", "http://example.com", "https://*.example.com"]
        {
            assert_eq!(domain(text).as_deref(), Some("example.com"), "{text}");
        }
        for text in ["", "com", "localhost", "example.com/blog", "@ada@example.com", "a b.com", "[::1]", "*."] {
            assert_eq!(domain(text), None, "{text}");
        }
    }

    #[test]
    fn a_domain_covers_what_is_below_it() {
        let domains = ["example.com".to_owned()];
        for (host, covered) in [
            ("example.com", true),
            ("blog.example.com", true),
            ("badexample.com", false),
            ("example.com.evil.org", false),
            ("com", false),
            ("example.com:8080", false),
        ] {
            assert_eq!(covers(&domains, host), covered, "{host}");
        }
    }
}
