//! OAuth scopes as Mastodon has them (https://docs.joinmastodon.org/api/oauth-scopes/): broad ones imply their parts.

use std::fmt;

/// A set of granted or asked scopes, in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

const BROAD: [&str; 7] = ["read", "write", "follow", "push", "profile", "admin:read", "admin:write"];

const READ: [&str; 12] = [
    "accounts",
    "blocks",
    "bookmarks",
    "favourites",
    "filters",
    "follows",
    "lists",
    "mutes",
    "notifications",
    "search",
    "statuses",
    "collections",
];

const WRITE: [&str; 15] = [
    "accounts",
    "blocks",
    "bookmarks",
    "conversations",
    "favourites",
    "filters",
    "follows",
    "lists",
    "media",
    "mutes",
    "notifications",
    "reports",
    "statuses",
    "collections",
    "push",
];

/// What administrators look at and change, below `admin:read` and `admin:write`.
const ADMIN: [&str; 7] = [
    "accounts",
    "reports",
    "domain_allows",
    "domain_blocks",
    "ip_blocks",
    "email_domain_blocks",
    "canonical_email_blocks",
];

/// What `follow` stands for, from before there were finer scopes.
const FOLLOW: [&str; 6] = ["read:blocks", "read:follows", "read:mutes", "write:blocks", "write:follows", "write:mutes"];

fn is_known(scope: &str) -> bool {
    BROAD.contains(&scope)
        || scope.strip_prefix("read:").is_some_and(|part| READ.contains(&part))
        || scope.strip_prefix("write:").is_some_and(|part| WRITE.contains(&part))
        || ["admin:read:", "admin:write:"]
            .iter()
            .any(|broad| scope.strip_prefix(broad).is_some_and(|part| ADMIN.contains(&part)))
}

impl Scopes {
    /// Reads scopes separated by spaces (or `+`, or commas, as some clients write). The first unknown one is the error.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut scopes = Vec::new();
        for scope in text.split([' ', '+', ',']).filter(|scope| !scope.is_empty()) {
            if !is_known(scope) {
                return Err(scope.to_owned());
            }
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        Ok(Self(scopes))
    }

    /// Whether what these scopes grant includes `wanted`.
    pub fn allow(&self, wanted: &str) -> bool {
        self.0.iter().any(|held| {
            held == wanted
                || (wanted.strip_prefix(held.as_str()).is_some_and(|rest| rest.starts_with(':')))
                || (held == "follow" && FOLLOW.contains(&wanted))
        })
    }

    /// Whether every one of `other` is allowed by these.
    pub fn include(&self, other: &Self) -> bool {
        other.0.iter().all(|scope| self.allow(scope))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Every scope that is offered, for the metadata document.
    pub fn offered() -> Vec<String> {
        let parts =
            |prefix: &str, names: &[&str]| names.iter().map(|name| format!("{prefix}:{name}")).collect::<Vec<_>>();
        let mut all: Vec<String> = ["read", "write", "follow", "push", "profile"].map(String::from).to_vec();
        all.extend(parts("read", &READ));
        all.extend(parts("write", &WRITE));
        for broad in ["admin:read", "admin:write"] {
            all.push(broad.into());
            all.extend(parts(broad, &ADMIN));
        }
        all
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broad_scopes_imply_their_parts_and_nothing_else() {
        let scopes = Scopes::parse("read write:statuses follow").unwrap();
        for allowed in ["read", "read:statuses", "write:statuses", "write:follows", "read:blocks"] {
            assert!(scopes.allow(allowed), "{allowed}");
        }
        for refused in ["write", "write:media", "readx", "push", "admin:read"] {
            assert!(!scopes.allow(refused), "{refused}");
        }
        assert_eq!(Scopes::parse("read nonsense"), Err("nonsense".into()));
    }
}
