//! Refuses configurations that cannot be, each with its key and what would be right.

use super::database_url::DatabaseUrl;
use super::{Config, ConfigError, refuse};

impl Config {
    /// Refuses what cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let domain = &self.instance.domain;
        if domain.is_empty() {
            return Err(refuse(
                "instance.domain",
                "is required: the name that handles will end in, e.g. \"pln.acme.com\"",
            ));
        }
        let parsed = url::Url::parse(&format!("https://{domain}/"))
            .map_err(|_| refuse("instance.domain", "is no host name; right would be \"pln.acme.com\""))?;
        let own = crate::base::activitystreams::host_of(&parsed);
        if parsed.path() != "/" || own.as_deref() != Some(domain.as_str()) || !parsed.username().is_empty() {
            return Err(refuse(
                "instance.domain",
                "must be a bare host name in lower case (international names in punycode), without scheme and path",
            ));
        }
        if self.server.listen.is_empty() {
            return Err(refuse("server.listen", "needs at least one address, e.g. [\"127.0.0.1:3000\"]"));
        }
        self.validate_loopback(&parsed)?;
        self.validate_numbers()?;
        self.validate_media()?;
        self.validate_mail()?;
        if let Some(url) = &self.database.url {
            DatabaseUrl::parse(url).map_err(|why| refuse("database.url", &why))?;
        }
        if let Some(file) = &self.federation.extra_ca {
            std::fs::metadata(file).map_err(|error| {
                refuse("federation.extra_ca", &format!("{} cannot be read: {error}", file.display()))
            })?;
        }
        if url::Url::parse(&self.instance.source_url).is_err() {
            return Err(refuse("instance.source_url", "must be a URL where the source of this version can be had"));
        }
        if self.instance.next_terms_of_service.trim().is_empty() == self.instance.next_terms_effective_date.is_some() {
            return Err(refuse(
                "instance.next_terms_effective_date",
                "goes with instance.next_terms_of_service: give both or neither",
            ));
        }
        if self.registrations.url.as_ref().is_some_and(|url| !super::is_web_page(url)) {
            return Err(refuse("registrations.url", "must be the address of a web page, https:// or http://"));
        }
        tracing_subscriber::EnvFilter::try_new(&self.log.filter)
            .map_err(|error| refuse("log.filter", &format!("is no filter ({error}); right would be \"info\"")))?;
        Ok(())
    }

    fn validate_loopback(&self, domain: &url::Url) -> Result<(), ConfigError> {
        if self.federation.loopback {
            if let Some(address) = self.server.listen.iter().find(|address| !address.ip().is_loopback()) {
                return Err(refuse(
                    "federation.loopback",
                    &format!(
                        "is for one machine only, but server.listen has {address}, which is not a loopback address"
                    ),
                ));
            }
            return Ok(());
        }
        if !self.federation.names.is_empty() {
            return Err(refuse("federation.names", "works with federation.loopback = true only"));
        }
        if domain.port().is_some() || !matches!(domain.host(), Some(url::Host::Domain(name)) if name.contains('.')) {
            return Err(refuse(
                "instance.domain",
                "must be a full name without a port, unless federation.loopback is on (for trying Pollen on one machine)",
            ));
        }
        Ok(())
    }

    fn validate_numbers(&self) -> Result<(), ConfigError> {
        let positive = [
            ("delivery.give_up_after_days", self.delivery.give_up_after_days),
            ("delivery.first_pause_seconds", self.delivery.first_pause_seconds),
            ("delivery.most_pause_seconds", self.delivery.most_pause_seconds),
            ("delivery.lease_seconds", self.delivery.lease_seconds),
            ("jobs.lease_seconds", self.jobs.lease_seconds),
            ("jobs.first_pause_seconds", self.jobs.first_pause_seconds),
        ];
        for (key, value) in positive {
            if !(value > 0.0 && value < 1e8) {
                return Err(refuse(key, "must be a number above 0"));
            }
        }
        let counts = [
            ("database.connections", self.database.connections, 2, 1000),
            ("delivery.hosts", self.delivery.hosts, 1, 1000),
            ("jobs.workers", self.jobs.workers, 1, 1000),
            ("posts.characters", self.posts.characters, 100, 100_000),
            ("streaming.connections_per_account", self.streaming.connections_per_account, 1, 100_000),
            ("streaming.connections_per_address", self.streaming.connections_per_address, 1, 100_000),
        ];
        for (key, value, least, most) in counts {
            if !(least..=most).contains(&value) {
                return Err(refuse(key, &format!("must be from {least} to {most}")));
            }
        }
        if self.jobs.attempts < 1 {
            return Err(refuse("jobs.attempts", "must be at least 1"));
        }
        let rates = [
            ("limits.requests", self.limits.requests),
            ("limits.inbox", self.limits.inbox),
            ("limits.sign_in", self.limits.sign_in),
        ];
        for (key, value) in rates {
            if value == 0 {
                return Err(refuse(key, "must be at least 1"));
            }
        }
        Ok(())
    }
}
