//! The example file documents what there is; what cannot be is refused by its key.

use super::*;

fn load(text: &str) -> Result<Config, String> {
    let file = std::env::temp_dir().join(format!("pollen-config-{}-{}.toml", std::process::id(), text.len()));
    std::fs::write(&file, text).unwrap();
    let loaded = Config::load(Some(&file), &[]).map_err(|error| error.to_string());
    std::fs::remove_file(&file).unwrap();
    loaded
}

#[test]
fn the_example_documents_every_key_with_its_default() {
    let text = include_str!("../../config/pollen.example.toml");
    let uncommented: String = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest)
                if rest.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '[' || letter == '"') =>
            {
                rest
            }
            _ => line,
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let documented: toml_value::Value = toml_value::parse(&uncommented);
    let default = serde_json::to_value(Config::default()).unwrap();
    for (section, keys) in default.as_object().unwrap() {
        for key in keys.as_object().unwrap().keys() {
            let found = documented.get(section).and_then(|section| section.get(key));
            assert!(found.is_some(), "config/pollen.example.toml lacks {section}.{key}");
        }
    }
    // And nothing that there isn't. The file that it names as an example isn't there.
    let loopback = uncommented.replace("loopback = false", "loopback = true");
    let loopback = loopback.replace("extra_ca = \"/etc/pollen/ca.pem\"", "");
    load(&loopback).unwrap();
}

mod toml_value {
    pub use serde_json::Value;

    pub fn parse(text: &str) -> Value {
        use figment::providers::{Format, Toml};
        figment::Figment::from(Toml::string(text)).extract().unwrap()
    }
}

#[test]
fn what_cannot_be_is_refused_by_its_key() {
    for (text, key) in [
        ("", "instance.domain"),
        ("[instance]\ndomain = \"https://acme.com\"", "instance.domain"),
        ("[instance]\ndomain = \"Acme.com\"", "instance.domain"),
        ("[instance]\ndomain = \"acme.com:8443\"", "instance.domain"),
        ("[instance]\ndomain = \"acme.com\"\ndomian = 1", "domian"),
        ("[instance]\ndomain = \"acme.com\"\n[servers]\nlisten = []", "servers"),
        ("[instance]\ndomain = \"acme.com\"\n[server]\nlisten = []", "server.listen"),
        ("[instance]\ndomain = \"acme.com\"\n[server]\nlisten = [\"nonsense\"]", "listen"),
        (
            "[instance]\ndomain = \"acme.com\"\n[server]\nlisten = [\"0.0.0.0:80\"]\n[federation]\nloopback = true",
            "federation.loopback",
        ),
        ("[instance]\ndomain = \"acme.com\"\n[registrations]\nmode = \"sometimes\"", "mode"),
        (
            "[instance]\ndomain = \"acme.com\"\nnext_terms_of_service = \"Be kind\"",
            "instance.next_terms_effective_date",
        ),
        ("[instance]\ndomain = \"acme.com\"\n[registrations]\nurl = \"mailto:ask@acme.com\"", "registrations.url"),
        ("[instance]\ndomain = \"acme.com\"\n[database]\nurl = \"mysql://x\"", "database.url"),
        ("[instance]\ndomain = \"acme.com\"\n[media]\nimage_bytes = 0", "media.image_bytes"),
        ("[instance]\ndomain = \"acme.com\"\n[mail]\nhost = \"mail.acme.com\"", "mail.from"),
        ("[instance]\ndomain = \"acme.com\"\n[mail]\nfrom = \"pollen@acme.com\"", "mail.host"),
        (
            "[instance]\ndomain = \"acme.com\"\n[mail]\nhost = \"mail.acme.com\"\nfrom = \"p@acme.com\"\nuser = \"p\"",
            "mail.password",
        ),
        (
            "[instance]\ndomain = \"acme.com\"\n[mail]\nhost = \"mail.acme.com\"\nfrom = \"p@acme.com\"\nuser = \"p\"\npassword = \"p\"\ntls = \"none\"",
            "mail.tls",
        ),
        ("[instance]\ndomain = \"acme.com\"\n[media.s3]\nregion = \"x\"", "media.s3.bucket"),
        (
            "[instance]\ndomain = \"acme.com\"\n[media.s3]\nbucket = \"x\"\nregion = \"x\"\naccess_key = \"x\"",
            "media.s3.secret_key",
        ),
        (
            "[instance]\ndomain = \"acme.com\"\n[media.s3]\nbucket = \"x\"\nregion = \"x\"\naccess_key = \"x\"\nsecret_key = \"x\"\nendpoint = \"ftp://x\"",
            "media.s3.endpoint",
        ),
        ("[instance]\ndomain = \"acme.com\"\n[log]\nfilter = \"=====\"", "log.filter"),
        ("[instance]\ndomain = \"acme.com\"\n[jobs]\nlease_seconds = -1.0", "jobs.lease_seconds"),
    ] {
        let error = load(text).unwrap_err();
        assert!(error.contains(key), "{text:?}: {error}");
    }
    load("[instance]\ndomain = \"acme.com\"").unwrap();
}

#[test]
fn passwords_are_not_shown() {
    let mut config = Config::default();
    config.database.url = Some("postgres://pollen:hunter2@db/pollen".into());
    config.media.s3.secret_key = "hunter2".into();
    config.mail.password = "hunter2".into();
    let shown = config.in_force();
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("instance.title"));
}
