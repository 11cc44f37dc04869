//! With whom this instance speaks: what the configuration says, and what administrators decided. Their rules are kept in
//! memory, since every activity and every fetch asks; [`reload`] reads them anew.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use super::store::{self, DomainRule};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::base::network::Network;

#[derive(Default, PartialEq, Eq)]
struct Rules {
    blocks: HashMap<String, DomainRule>,
    allows: HashSet<String>,
    /// Networks from which nothing is answered, and until when.
    shut_out: Vec<(Network, Option<DateTime<Utc>>)>,
}

#[derive(Default)]
struct Kept(RwLock<Arc<Rules>>);

/// Reads the rules: at the start, after a change, and from time to time, since another process may have changed them.
pub async fn reload(app: &App) -> Result<()> {
    let mut conn = app.db.background().await?;
    let blocks = store::list_domain_rules(&mut conn).await?;
    let allows = store::list_allowed_domains(&mut conn).await?;
    let rules = Rules {
        blocks: blocks.into_iter().map(|rule| (rule.domain.clone(), rule)).collect(),
        allows: allows.into_iter().collect(),
        shut_out: store::list_shut_out(&mut conn)
            .await?
            .into_iter()
            .filter_map(|(network, until)| Some((network.parse().ok()?, until)))
            .collect(),
    };
    let kept = app.slot::<Kept>();
    let mut kept = kept.0.write().unwrap_or_else(PoisonError::into_inner);
    if **kept != rules {
        *kept = Arc::new(rules);
        drop(kept);
        // Pages were written by the rules of before.
        app.freshness.forget();
    }
    Ok(())
}

fn rules(app: &App) -> Arc<Rules> {
    app.slot::<Kept>().0.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A host, without its port, and the domains above it, the nearest first.
fn above(host: &str) -> impl Iterator<Item = &str> {
    let name = host.split(':').next().unwrap_or(host);
    let parents = std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, parent)| parent));
    std::iter::once(host).filter(move |host| *host != name).chain(parents)
}

/// The rule of the nearest domain that has one.
fn rule(app: &App, host: &str) -> Option<DomainRule> {
    let rules = rules(app);
    above(host).find_map(|domain| rules.blocks.get(domain)).cloned()
}

/// Whether a domain, or one above it, is suspended by configuration or by an administrator.
fn is_barred(app: &App, domain: &str) -> bool {
    let configured = |domain: &str| {
        let same = |suspended: &String| suspended.trim_end_matches('.').eq_ignore_ascii_case(domain);
        app.config.federation.suspended_domains.iter().any(same)
    };
    above(domain).any(configured) || rule(app, domain).is_some_and(|rule| rule.severity == "suspend")
}

/// Whether nothing comes from or goes to this host: its domain, or one above it, is suspended by configuration or by an
/// administrator; or federation is limited and the host is not allowed.
pub fn is_suspended(app: &App, host: &str) -> bool {
    if is_barred(app, host) {
        return true;
    }
    let own = host == app.config.instance.domain;
    app.config.federation.limited && !own && !above(host).any(|domain| rules(app).allows.contains(domain))
}

/// Whether nothing comes from or goes to an actor: its host is suspended, or the domain of its handle, which may be another one. Where
/// federation is limited, it is the host that is allowed.
pub fn refuses(app: &App, actor_uri: &str, domain: Option<&str>) -> bool {
    let host = read::host(actor_uri).unwrap_or_default();
    is_suspended(app, &host) || domain.is_some_and(|domain| is_barred(app, domain))
}

/// The domain of the administrator's rule that suspends an actor, if there is one.
pub fn suspended_by(app: &App, actor_uri: &str, domain: Option<&str>) -> Option<String> {
    let host = read::host(actor_uri);
    let rules = [host.as_deref(), domain].into_iter().flatten().filter_map(|one| rule(app, one));
    rules.filter(|rule| rule.severity == "suspend").map(|rule| rule.domain).next()
}

/// Whether a rule on this domain is about an actor: by its host, or by the domain of its handle.
pub fn concerns(rule_on: &str, actor_uri: &str, domain: &str) -> bool {
    let host = read::host(actor_uri).unwrap_or_default();
    above(&host).chain(above(domain)).any(|one| one == rule_on)
}

/// Whether nothing is answered to this address.
pub fn is_shut_out(app: &App, address: IpAddr) -> bool {
    let rules = rules(app);
    let holds = |until: &Option<DateTime<Utc>>| until.is_none_or(|until| until > app.now());
    rules.shut_out.iter().any(|(network, until)| network.contains(address) && holds(until))
}

/// Whether what comes from this host is for its followers here alone.
pub fn is_silenced(app: &App, host: &str) -> bool {
    rule(app, host).is_some_and(|rule| rule.severity == "silence")
}

/// Whether nothing that lies on this host's posts and profiles is fetched or passed on.
pub fn rejects_media(app: &App, host: &str) -> bool {
    rule(app, host).is_some_and(|rule| rule.reject_media || rule.severity == "suspend")
}

/// Whether reports from this host are dropped.
pub fn rejects_reports(app: &App, host: &str) -> bool {
    rule(app, host).is_some_and(|rule| rule.reject_reports || rule.severity == "suspend")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F11, F162
    #[test]
    fn a_rule_holds_for_all_below_its_domain() {
        assert_eq!(above("a.b.test:81").collect::<Vec<_>>(), ["a.b.test:81", "a.b.test", "b.test", "test"]);
        assert_eq!(above("b.test").collect::<Vec<_>>(), ["b.test", "test"]);
        let actor = "https://ap.evil.test:8443/users/x";
        for (rule_on, concerned) in
            [("evil.test", true), ("ap.evil.test", true), ("handles.test", true), ("vil.test", false)]
        {
            assert_eq!(concerns(rule_on, actor, "of.handles.test"), concerned, "{rule_on}");
        }
    }
}
