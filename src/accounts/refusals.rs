//! Who gets no account here, or only when somebody approves it: by the address to write to, and the one they come from.

use std::net::IpAddr;

use super::store::refusals as store;
use crate::app::App;
use crate::base::id::RuleId;
use crate::base::network::Network;
use crate::base::{Result, secret};
use crate::db::Conn;

/// What the rules say of somebody who wants an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Welcome,
    /// Somebody has to approve.
    Waits,
    /// Not with this e-mail address.
    EmailRefused,
    /// Not from there.
    AddressRefused,
}

/// Days for which is counted who came with an address that a rule is about, today's among them.
pub const DAYS_COUNTED: u64 = 7;

/// What the rules say. `email` is in lower case. Counts that somebody came with it, where a rule is about its domain.
pub async fn judge(app: &App, conn: &mut Conn, email: &str, address: Option<IpAddr>) -> Result<Verdict> {
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let parents = std::iter::successors(Some(domain), |name| name.split_once('.').map(|(_, parent)| parent));
    let rules = store::list_email_domain_rules(conn, &parents.collect::<Vec<_>>()).await?;
    if !rules.is_empty() {
        let ids: Vec<RuleId> = rules.iter().map(|(id, _)| *id).collect();
        store::upsert_attempt(conn, &ids, app.now().date_naive()).await?;
    }
    let by_hash = match canonical_email_hash(email) {
        Some(hash) => store::is_email_blocked(conn, &hash).await?,
        None => false,
    };
    if by_hash || rules.iter().any(|(_, with_approval)| !with_approval) {
        return Ok(Verdict::EmailRefused);
    }
    let mut verdict = if rules.is_empty() { Verdict::Welcome } else { Verdict::Waits };
    let Some(address) = address else { return Ok(verdict) };
    for (network, severity) in store::list_ip_rules(conn, app.now()).await? {
        if !network.parse::<Network>().is_ok_and(|network| network.contains(address)) {
            continue;
        }
        if severity != "sign_up_requires_approval" {
            return Ok(Verdict::AddressRefused);
        }
        verdict = Verdict::Waits;
    }
    Ok(verdict)
}

/// A network as it is stored; `None` for what is none.
pub fn network(text: &str) -> Option<String> {
    text.parse::<Network>().ok().map(|network| network.to_string())
}

/// The hash by which an address is known whose owner writes it in several ways: in lower case, without dots before the @,
/// and without what follows a plus there (as Mastodon does it). `None` for what is no address.
pub fn canonical_email_hash(email: &str) -> Option<String> {
    let email = email.to_lowercase();
    let (name, domain) = email.split_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty())?;
    let name = name.split('+').next().unwrap_or_default().replace('.', "");
    let hash = secret::hash(&format!("{name}@{domain}"));
    Some(hash.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_hash() {
        let hash = canonical_email_hash("ada@acme.example");
        assert_eq!(canonical_email_hash("A.da+shop@Acme.Example"), hash);
        assert_ne!(canonical_email_hash("ada@acme.test"), hash);
        assert_eq!(canonical_email_hash("ada"), None);
    }
}
