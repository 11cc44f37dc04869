//! `pollen check-config`: what can be configured, what is refused, and how that is said.

use std::collections::BTreeSet;

use super::{Home, command, finish, run};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/pollen.example.toml");

/// `check-config` with a domain and one more key.
async fn check(set: &str) -> super::Said {
    run(&["check-config", "--set", "instance.domain=pln.acme.com", "--set", set]).await
}

async fn check_variables(variables: &[(&str, &str)]) -> super::Said {
    let mut command = command(&["check-config"]);
    command.envs(variables.iter().copied());
    finish(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_is_accepted_and_what_is_in_force_is_shown_without_passwords() {
    let bare = run(&["check-config", "--config", EXAMPLE]).await;
    bare.refused(&["instance.domain", "required"]);
    let shown = run(&["check-config", "--config", EXAMPLE, "--set", "instance.domain=pln.acme.com"]).await.ok();
    assert!(shown.lines().any(|line| line == "instance.domain = \"pln.acme.com\""), "{shown}");
    assert!(shown.lines().any(|line| line == "jobs.workers = 32"), "{shown}");
    for (key, secret) in [
        ("database.url", "postgres://pollen:hunter2@db/pollen"),
        ("database.url", "postgres://pollen@db/pollen?password=hunter2"),
        ("federation.proxy", "http://pollen:hunter2@proxy:3128/"),
    ] {
        let shown = check(&format!("{key}={secret}")).await.ok();
        assert!(shown.contains(&format!("{key} = ")) && !shown.contains("hunter2"), "{shown}");
    }
}

/// The keys of the example that are commented out, `section.key`, and whether text stands above each.
fn documented() -> BTreeSet<String> {
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let (mut section, mut keys) = (String::new(), BTreeSet::new());
    let mut above = "";
    for line in text.lines() {
        let bare = line.trim_start_matches('#');
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.to_owned();
            if let Some((outer, key)) = name.split_once('.') {
                assert!(above.starts_with("# "), "{name} is not explained");
                keys.insert(format!("{outer}.{key}"));
            }
        } else if let Some((key, _)) = line.strip_prefix('#').and_then(|rest| rest.split_once(" = "))
            && key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
        {
            // Above it is its text, or the key that shares the text with it.
            assert!(above.starts_with('#'), "{section}.{key} is not explained");
            // A table inside of a section is shown as one key.
            if !section.contains('.') {
                keys.insert(format!("{section}.{key}"));
            }
        }
        above = line;
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_documents_the_keys_that_there_are() {
    let mut arguments = vec!["check-config", "--set", "instance.domain=a.test", "--set", "federation.loopback=true"];
    // Those that have no default are shown only when they are set.
    for set in [
        "database.url=postgres://a@b/c",
        "database.data_dir=/x",
        "instance.terms_effective_date=2026-01-01",
        "instance.next_terms_of_service=x",
        "instance.next_terms_effective_date=2027-01-01",
        "registrations.url=https://intranet.acme.com",
        "instance.status_url=https://status.acme.com",
        "federation.proxy=http://proxy.internal:1",
        concat!("federation.extra_ca=", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        "media.directory=/x",
        "media.s3.endpoint=https://s3.acme.com",
        "media.s3.bucket=pollen",
        "media.s3.region=eu-central-1",
        "media.s3.access_key=x",
        "media.s3.secret_key=x",
        "media.s3.public_url=https://files.acme.com",
    ] {
        arguments.extend(["--set", set]);
    }
    let shown = run(&arguments).await.ok();
    let keys: BTreeSet<String> = shown.lines().map(|line| line.split_once(" = ").unwrap().0.to_owned()).collect();
    assert_eq!(documented(), keys);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_by_its_key_wherever_it_stands() {
    let home = Home::new();
    for (key, wrong, right) in [
        ("jobs.wrokers", "4", "workers"),
        ("jbos.workers", "4", "jobs"),
        ("jobs.workers", "\"many\"", "a whole number"),
        ("jobs.workers", "0", "1 to 1000"),
        ("jobs.attempts", "0", "at least 1"),
        ("jobs.lease_seconds", "-1.5", "above 0"),
        ("culture.show_counts", "\"maybe\"", "true or false"),
        ("server.listen", "\"nonsense\"", "127.0.0.1:3000"),
        ("server.metrics_from", "[\"nowhere\"]", "127.0.0.1"),
        ("registrations.mode", "\"sometimes\"", "open, approval, invitation, closed"),
        ("log.format", "\"xml\"", "text, json"),
        ("log.filter", "\"=====\"", "\"info\""),
        ("database.url", "\"mysql://pollen:hunter2@db/x\"", "postgres://"),
        ("database.url", "\"postgres://pollen:hunter2@db/x?sslmode=sometimes\"", "verify-full"),
        ("federation.extra_ca", "\"/no/such/file\"", "cannot be read"),
        ("federation.loopback", "1", "true or false"),
        ("instance.domain", "\"https://acme.com/\"", "a bare host name"),
    ] {
        let (section, name) = key.split_once('.').unwrap();
        let domain = "[instance]\ndomain = \"pln.acme.com\"\n";
        let text = match section {
            "instance" => format!("[instance]\n{name} = {wrong}\n"),
            // A list may have its brackets left out by variables and flags; a file is TOML.
            _ if name == "listen" => format!("{domain}[{section}]\n{name} = [{wrong}]\n"),
            _ => format!("{domain}[{section}]\n{name} = {wrong}\n"),
        };
        let file = home.file("wrong.toml", &text);
        let bare = wrong.trim_matches('"');
        let variable = format!("POLLEN_{}", key.replace('.', "__").to_uppercase());
        let named = if section == "jbos" { "jbos" } else { key };
        for said in [
            run(&["check-config", "--config", file.to_str().unwrap()]).await,
            check_variables(&[("POLLEN_INSTANCE__DOMAIN", "pln.acme.com"), (&variable, bare)]).await,
            check(&format!("{key}={bare}")).await,
        ] {
            let said = said.refused(&[named, right]);
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
    home.file("broken.toml", "[instance\n");
    for (file, said) in [("broken.toml", "line 1"), ("missing.toml", "there is no file")] {
        run(&["check-config", "--config", home.path(file).to_str().unwrap()]).await.refused(&[file, said]);
    }
    check("jobs.workers").await.refused(&["KEY=VALUE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_and_flags_can_say_all_that_a_file_can() {
    let home = Home::new();
    let file = home.file("pollen.toml", "[instance]\ndomain = \"file.test\"\ntitle = \"File\"\n[jobs]\nworkers = 3\n");
    let mut command = command(&["check-config", "--set", "jobs.workers=5", "--set", "instance.languages=de, en"]);
    command.arg("--set").arg("federation.loopback=true");
    command.envs([
        ("POLLEN_CONFIG", file.to_str().unwrap()),
        ("POLLEN_JOBS__WORKERS", "4"),
        ("POLLEN_JOBS__LEASE_SECONDS", "7"),
        ("POLLEN_INSTANCE__TITLE", "2026"),
        ("POLLEN_SERVER__LISTEN", "127.0.0.1:4000,[::1]:4000"),
        ("POLLEN_SERVER__METRICS_FROM", "[\"127.0.0.9\"]"),
        ("POLLEN_FEDERATION__NAMES", "{\"globex.test\"=\"127.0.0.1:7002\"}"),
        // What Kubernetes sets for a service of this name.
        ("POLLEN_SERVICE_HOST", "10.0.0.1"),
        ("POLLEN_PORT", "tcp://10.0.0.1:3000"),
    ]);
    let shown = finish(command).await.ok();
    for line in [
        "instance.domain = \"file.test\"",
        "instance.title = \"2026\"",
        "instance.languages = [\"de\",\"en\"]",
        "jobs.workers = 5",
        "jobs.lease_seconds = 7.0",
        "server.listen = [\"127.0.0.1:4000\",\"[::1]:4000\"]",
        "server.metrics_from = [\"127.0.0.9\"]",
        "federation.names = {\"globex.test\":\"127.0.0.1:7002\"}",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} is not in\n{shown}");
    }
    let said = check_variables(&[("POLLEN_INSTANCE_DOMAIN", "pln.acme.com")]).await;
    said.refused(&["POLLEN_INSTANCE_DOMAIN", "POLLEN_INSTANCE__DOMAIN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_has_help_for_each_of_its_options() {
    for command in [
        vec![],
        vec!["serve"],
        vec!["demo"],
        vec!["migrate"],
        vec!["check-config"],
        vec!["admin"],
        vec!["admin", "account"],
        vec!["admin", "account", "create"],
        vec!["admin", "account", "list"],
        vec!["admin", "account", "set-password"],
        vec!["admin", "account", "approve"],
        vec!["admin", "account", "suspend"],
        vec!["admin", "account", "unsuspend"],
        vec!["admin", "group", "create"],
        vec!["admin", "announcement", "create"],
        vec!["admin", "domain-blocks"],
        vec!["admin", "domain-blocks", "import"],
        vec!["admin", "emoji"],
        vec!["admin", "emoji", "add"],
        vec!["admin", "federation"],
        vec!["admin", "federation", "status"],
        vec!["admin", "federation", "forget"],
    ] {
        let mut arguments = command.clone();
        arguments.push("--help");
        let help = run(&arguments).await.ok();
        assert!(help.contains("Usage: pollen"), "{help}");
        let lines: Vec<&str> = help.lines().map(str::trim).collect();
        // Beside the option, or below it.
        for pair in lines.windows(2).filter(|pair| pair[0].starts_with(['-', '<']) && !pair[0].starts_with("- ")) {
            let below = !pair[1].is_empty() && !pair[1].starts_with(['-', '<']);
            assert!(pair[0].contains("  ") || below, "{command:?} does not say what {} is", pair[0]);
        }
    }
    run(&["serv"]).await.refused(&["serv", "--help"]);
    assert!(run(&["--version"]).await.ok().starts_with("pollen "));
}
