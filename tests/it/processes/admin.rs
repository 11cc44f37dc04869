//! `pollen admin`, beside a database of its own.

use super::server::Server;
use super::{Home, Said, command, finish, run};
use crate::support::TestDatabase;
use crate::support::media::{moving_gif, png};

/// Runs `pollen admin` with this configuration.
async fn admin(server: &Server, arguments: &[&str]) -> Said {
    let mut all = vec!["admin"];
    all.extend(arguments);
    all.extend(["--config", server.file()]);
    run(&all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_groups_are_managed_from_the_terminal() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let acme = Server::alone(&home, &database.url, "");
    let said = admin(&acme, &["account", "create", "ada", "--email", "ada@acme.test", "--role", "admin"]).await.ok();
    let (handle, password) = said.split_once('\n').unwrap();
    assert_eq!(handle, "@ada@acme.test");
    let password = password.strip_prefix("password: ").unwrap().trim();
    assert!(password.len() >= 16, "{password}");
    let given = ["account", "create", "ben", "--email", "ben@acme.test", "--password", "one that is long"];
    assert_eq!(admin(&acme, &given).await.ok(), "@ben@acme.test\n", "a password that was given is not repeated");
    let mut from_variable =
        command(&["admin", "account", "create", "eve", "--email", "e@acme.test", "-c", acme.file()]);
    from_variable.env("POLLEN_PASSWORD", "one that is long");
    assert_eq!(finish(from_variable).await.ok(), "@eve@acme.test\n");
    let group = admin(&acme, &["group", "create", "rust-guild", "--title", "Rust Guild", "--about", "Help"]).await.ok();
    assert_eq!(group, "@rust-guild@acme.test\n");

    admin(&acme, &["account", "suspend", "@eve"]).await.ok();
    let listed = |said: Said| {
        let mut lines: Vec<String> =
            said.ok().lines().map(|line| line.rsplit_once('\t').unwrap().0.replace('\t', " ")).collect();
        lines.sort();
        lines
    };
    let lines = listed(admin(&acme, &["account", "list"]).await);
    assert_eq!(
        lines,
        ["ada admin ada@acme.test", "ben user ben@acme.test", "eve suspended e@acme.test", "rust-guild group "]
    );
    admin(&acme, &["account", "unsuspend", "eve"]).await.ok();
    database.client().await.batch_execute("UPDATE users SET approved_at = NULL WHERE email LIKE 'b%'").await.unwrap();
    let lines = listed(admin(&acme, &["account", "list"]).await);
    assert_eq!(lines[1..3], ["ben waits for approval ben@acme.test", "eve user e@acme.test"]);
    let said = admin(&acme, &["account", "approve", "ben"]).await.ok();
    assert_eq!(said, "ben may sign in now.\n");
    assert_eq!(listed(admin(&acme, &["account", "list"]).await)[1], "ben user ben@acme.test");
    admin(&acme, &["account", "role", "ben", "moderator"]).await.ok();
    assert_eq!(listed(admin(&acme, &["account", "list"]).await)[1], "ben moderator ben@acme.test");
    let said = admin(&acme, &["account", "set-password", "ben"]).await.ok();
    assert!(said.contains("password: "), "{said}");
    let noted = "SELECT action FROM audit_log WHERE actor = 'command line' ORDER BY id";
    let noted = database.client().await.query(noted, &[]).await.unwrap();
    let noted: Vec<String> = noted.iter().map(|row| row.get(0)).collect();
    let expected = ["create", "create", "create"].map(|act| format!("account.{act}"));
    assert_eq!(noted[..3], expected);
    let others = "group.create account.suspend account.unsuspend account.approve account.role account.set_password";
    assert_eq!(noted[3..].join(" "), others);

    let link = admin(&acme, &["account", "reset-password", "ben"]).await.ok();
    assert!(link.contains("://acme.test/auth/reset/") && link.lines().count() == 1, "{link}");
    let client = database.client().await;
    client
        .batch_execute(
            "UPDATE users SET email_awaited_since = now() WHERE email LIKE 'b%';
             INSERT INTO totp_keys SELECT account_id, '', now(), 0, now() FROM users;
             INSERT INTO recovery_codes SELECT account_id, 'x' FROM users;",
        )
        .await
        .unwrap();
    admin(&acme, &["account", "confirm-email", "ben"]).await.ok();
    admin(&acme, &["account", "disable-second-factor", "@ben"]).await.ok();
    for left in ["users WHERE email_awaited_since IS NOT NULL", "totp_keys", "recovery_codes"] {
        let of_ben = client.query_one(&format!("SELECT count(*) FROM {left}"), &[]).await.unwrap().get::<_, i64>(0);
        assert_eq!(of_ben, if left.starts_with("users") { 0 } else { 2 }, "{left}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_said_and_changes_nothing() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let acme = Server::alone(&home, &database.url, "");
    admin(&acme, &["account", "create", "ada", "--email", "ada@acme.test"]).await.ok();
    for (arguments, why) in [
        (vec!["account", "create", "ben"], "--email"),
        (vec!["account", "create", "no name", "--email", "b@acme.test"], "username"),
        (vec!["account", "create", "ada", "--email", "b@acme.test"], "username has already been taken"),
        (vec!["account", "create", "ben", "--email", "ada@acme.test"], "email has already been taken"),
        (vec!["account", "create", "ben", "--email", "nowhere"], "email is invalid"),
        (vec!["account", "create", "ben", "--email", "b@acme.test", "--password", "short"], "password is too short"),
        (
            vec!["account", "create", "ben", "--email", "b@acme.test", "--role", "boss"],
            "user, moderator, admin or owner",
        ),
        (vec!["account", "set-password", "ada", "--password", "short"], "too short"),
        (vec!["account", "set-password", "nobody"], "not found"),
        (vec!["account", "approve", "nobody"], "not found"),
        (vec!["account", "suspend", "nobody"], "not found"),
        (vec!["account", "unsuspend", "nobody"], "not found"),
        (vec!["account", "role", "ada", "boss"], "user, moderator, admin or owner"),
        (vec!["account", "role", "nobody", "admin"], "not found"),
        (vec!["group", "create", "ada"], "has already been taken"),
        (vec!["group", "create", "no name"], "username"),
        (vec!["group", "create", "guild", "--title", &"x".repeat(101)], "100 characters"),
        (vec!["account", "delete", "ada"], "delete"),
    ] {
        admin(&acme, &arguments).await.refused(&[why]);
    }
    assert_eq!(admin(&acme, &["account", "list"]).await.ok().lines().count(), 1);
}

/// An act that cannot be written down does not happen.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_without_a_trace() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let acme = Server::alone(&home, &database.url, "");
    admin(&acme, &["account", "create", "ada", "--email", "ada@acme.test"]).await.ok();
    let client = database.client().await;
    client.batch_execute("ALTER TABLE audit_log ADD CONSTRAINT is_full CHECK (false) NOT VALID").await.unwrap();
    let state = "SELECT string_agg(u::text, ' ') || (SELECT count(*) FROM accounts) || (SELECT count(*) FROM mail_links) FROM users u";
    let before: String = client.query_one(state, &[]).await.unwrap().get(0);
    for arguments in [
        vec!["account", "create", "ben", "--email", "ben@acme.test"],
        vec!["account", "set-password", "ada"],
        vec!["account", "reset-password", "ada"],
        vec!["account", "disable-second-factor", "ada"],
        vec!["account", "confirm-email", "ada"],
        vec!["group", "create", "guild"],
    ] {
        admin(&acme, &arguments).await.refused(&[]);
        let now: String = client.query_one(state, &[]).await.unwrap().get(0);
        assert_eq!(now, before, "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn announcements_are_made_listed_and_taken_back() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let acme = Server::alone(&home, &database.url, "");
    let said =
        admin(&acme, &["announcement", "create", "Summer party", "--ends", "2999-01-31", "--all-day"]).await.ok();
    let id = said.trim();
    assert!(id.parse::<i64>().is_ok(), "{said}");
    let listed = admin(&acme, &["announcement", "list"]).await.ok();
    assert!(listed.starts_with(&format!("{id}\tshown\t")) && listed.ends_with("\tSummer party\n"), "{listed}");
    for (arguments, why) in [
        (vec!["announcement", "create", " "], "blank"),
        (vec!["announcement", "create", "x", "--starts", "soon"], "2030-01-31"),
        (vec!["announcement", "create", "x", "--ends", "2001-01-31"], "future"),
        (vec!["announcement", "create", "x", "--starts", "2999-02-01", "--ends", "2999-01-31"], "before it starts"),
        (vec!["announcement", "delete", "5"], "not found"),
        (vec!["announcement", "delete", "x"], "not found"),
    ] {
        admin(&acme, &arguments).await.refused(&[why]);
    }
    admin(&acme, &["announcement", "delete", id]).await.ok();
    assert_eq!(admin(&acme, &["announcement", "list"]).await.ok(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn emoji_are_added_listed_changed_and_removed() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let acme = Server::alone(&home, &database.url, "");
    let folder = home.path("emoji");
    std::fs::create_dir(&folder).unwrap();
    for (name, bytes) in [("blob.png", png(20, 20)), ("party.gif", moving_gif(9, 9)), ("no picture.txt", vec![7])] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let (folder, file) = (folder.to_str().unwrap().to_owned(), folder.join("blob.png").to_str().unwrap().to_owned());
    let said = admin(&acme, &["emoji", "add", &file, "--shortcode", ":cat:", "--category", "Animals"]).await.ok();
    assert_eq!(said, ":cat:\n");
    admin(&acme, &["emoji", "add", &folder, "--hidden"]).await.refused(&["1 of 3", "no picture.txt"]);
    let listed = async || {
        let lines = admin(&acme, &["emoji", "list"]).await.ok();
        lines.lines().map(|line| line.rsplit_once('\t').unwrap().0.replace('\t', " ")).collect::<Vec<String>>()
    };
    assert_eq!(listed().await, ["blob hidden ", "party hidden ", "cat shown Animals"]);
    admin(&acme, &["emoji", "change", "blob", "--hidden", "false", "--category", "Blobs"]).await.ok();
    admin(&acme, &["emoji", "change", "cat", "--disabled", "true", "--category", ""]).await.ok();
    assert_eq!(listed().await, ["cat disabled ", "party hidden ", "blob shown Blobs"]);
    for (arguments, why) in [
        (vec!["emoji", "add", &file], "already been taken"),
        (vec!["emoji", "add", &file, "--shortcode", "x"], "2 to 128"),
        (vec!["emoji", "add", "/nowhere.png"], "cannot be read"),
        (vec!["emoji", "add", &folder, "--shortcode", "cats"], "folder"),
        (vec!["emoji", "change", "nobody"], "not found"),
        (vec!["emoji", "remove", "nobody"], "not found"),
    ] {
        admin(&acme, &arguments).await.refused(&[why]);
    }
    admin(&acme, &["emoji", "add", &file, "--replace"]).await.ok();
    for name in ["blob", ":party:", "cat"] {
        admin(&acme, &["emoji", "remove", name]).await.ok();
    }
    assert!(listed().await.is_empty());
}
