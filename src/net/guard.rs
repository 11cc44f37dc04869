//! Which addresses a stranger's data can make us talk to: public ones, over https. Checked on the URL, and on every
//! address that a name resolves to, right before it is connected to.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// What is allowed beyond public addresses.
#[derive(Clone, Debug, Default)]
pub struct GuardOptions {
    /// For one machine: http, ports and loopback addresses; names below `.localhost` are 127.0.0.1.
    pub loopback_federation: bool,
    /// Names that stand for addresses, in loopback mode; the port counts when the URL names none.
    pub names: HashMap<String, SocketAddr>,
    /// Domains, with all below them, that may resolve to private addresses.
    pub private_domains: Vec<String>,
}

/// Why an address is not spoken to. `Display` is safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardError(pub &'static str);

impl fmt::Display for GuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for GuardError {}

impl GuardOptions {
    /// Refuses URLs that are not even worth a name lookup.
    pub fn check_url(&self, url: &Url) -> Result<(), GuardError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(GuardError("addresses with a user name are not spoken to"));
        }
        if self.loopback_federation {
            // Addresses are connected to without a lookup, in which `allows` would be asked.
            let is_elsewhere = match url.host() {
                Some(Host::Ipv4(address)) => !address.is_loopback(),
                Some(Host::Ipv6(address)) => !address.is_loopback(),
                _ => false,
            };
            return match (url.scheme(), url.host()) {
                _ if is_elsewhere => Err(GuardError("only this machine is spoken to")),
                ("http" | "https", Some(_)) => Ok(()),
                _ => Err(GuardError("only http and https are spoken")),
            };
        }
        if url.scheme() != "https" {
            return Err(GuardError("only https is spoken"));
        }
        if url.port().is_some() {
            return Err(GuardError("only the usual port is spoken to"));
        }
        match url.host() {
            Some(Host::Domain(name)) if name.trim_end_matches('.').contains('.') || self.is_private_domain(name) => {
                Ok(())
            }
            Some(Host::Domain(_)) => Err(GuardError("the name of the host is not a full one")),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => Err(GuardError("servers are spoken to by name, not by address")),
            None => Err(GuardError("there is no host in this address")),
        }
    }

    /// Whether this name may be connected to at this address.
    fn allows(&self, name: &str, address: IpAddr) -> bool {
        if self.loopback_federation {
            return address.is_loopback();
        }
        is_public(address) || self.is_private_domain(name)
    }

    fn is_private_domain(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.private_domains.iter().any(|domain| {
            let domain = domain.to_ascii_lowercase();
            name == domain || name.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
        })
    }
}

/// Whether an address is one of the public internet (IANA's special-purpose registries leave it out).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [a, b, c, ..] = address.segments();
    // Global unicast is 2000::/3; within it, what tunnels to other addresses or is for documents is left out.
    (0x2000..0x4000).contains(&a)
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0db8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
        && !(a == 0x2620 && b == 0x004f && c == 0x8000)
}

/// Resolves names for the client, and drops every address that may not be spoken to.
#[derive(Clone, Debug)]
pub struct GuardedResolver(pub Arc<GuardOptions>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let options = self.0.clone();
        Box::pin(async move {
            let name = name.as_str().to_ascii_lowercase();
            if options.loopback_federation {
                if let Some(address) = options.names.get(name.as_str()) {
                    return Ok(Box::new(std::iter::once(*address)) as Addrs);
                }
                if name == "localhost" || name.ends_with(".localhost") {
                    return Ok(Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0)))) as Addrs);
                }
            }
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| options.allows(&name, address.ip())).collect();
            if allowed.is_empty() {
                return Err(Box::from(GuardError("this name stands for no public address")));
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F62
    #[test]
    fn only_public_addresses_are_public() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "5f00::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    /// F61
    #[test]
    fn urls_are_refused_before_any_lookup() {
        let options =
            GuardOptions { private_domains: vec!["corp.acme.com".into(), "intra".into()], ..Default::default() };
        for refused in [
            "http://a.com/",
            "https://a.com:8443/",
            "https://user@a.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::127.0.0.1]/",
            "https://[fe80::1]/",
            "https://169.254.169.254/latest",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://0x7f000001/",
            "https://127.0.0.1./",
            "https://\u{ff11}27.0.0.1/",
            "https://127\u{3002}0\u{3002}0\u{3002}1/",
            "https://user:secret@a.com/",
            "https://a.com:80/",
            "https://localhost/",
            "https://localhost./",
            "gopher://a.com/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "ftp://a.com/",
        ] {
            assert!(options.check_url(&Url::parse(refused).unwrap()).is_err(), "{refused}");
        }
        for allowed in ["https://a.com/x", "https://a.com:443/", "https://intra/", "https://a.com./"] {
            assert!(options.check_url(&Url::parse(allowed).unwrap()).is_ok(), "{allowed}");
        }
    }

    /// F61
    #[test]
    fn on_one_machine_no_other_is_spoken_to() {
        let options = GuardOptions { loopback_federation: true, ..Default::default() };
        for refused in ["http://10.0.0.1/", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://u@a.test/"]
        {
            assert!(options.check_url(&Url::parse(refused).unwrap()).is_err(), "{refused}");
        }
        for allowed in ["http://127.0.0.1:8080/", "http://[::1]/", "http://a.localhost/"] {
            assert!(options.check_url(&Url::parse(allowed).unwrap()).is_ok(), "{allowed}");
        }
    }

    /// F62
    #[tokio::test]
    async fn names_of_private_addresses_do_not_resolve() {
        let resolver = GuardedResolver(Arc::default());
        let Err(error) = resolver.resolve("localhost".parse().unwrap()).await else { panic!("resolved") };
        assert!(error.to_string().contains("no public address"), "{error}");
    }
}
