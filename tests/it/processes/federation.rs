//! Other servers, as whoever runs an instance deals with them; and the parts of an instance as processes of their own.

use super::server::{Server, send};
use super::{Home, Process, Said, run, until};
use crate::support::TestDatabase;

async fn admin(server: &Server, arguments: &[&str]) -> Said {
    let mut all = vec!["admin"];
    all.extend(arguments);
    all.extend(["--config", server.file()]);
    run(&all).await
}

/// Three deliveries to a host that fails, of which one is set aside, and one to another.
const WAITING: &str = "
    INSERT INTO instances (domain, failing_since, failures, next_attempt_at)
        VALUES ('dead.test', now() - interval '3 hours', 7, now() + interval '1 hour'), ('well.test', NULL, 0, NULL);
    INSERT INTO outgoing_activities (id, account_id, uri, body, created_at)
        SELECT 1, id, 'https://acme.test/activities/1', '{}', now() FROM accounts WHERE username = 'ada';
    INSERT INTO deliveries (id, activity_id, host, account_id, inbox_uri, not_before, created_at, last_error)
        SELECT n, 1, CASE WHEN n < 4 THEN 'dead.test' ELSE 'well.test' END, a.id, 'https://x.test/inbox/' || n,
               CASE WHEN n = 3 THEN now() + interval '1 hour' END, now() - interval '2 hours',
               CASE WHEN n = 2 THEN '502 <b>Bad</b>' || chr(10) || 'gateway' END
        FROM generate_series(1, 4) n, accounts a WHERE a.username = 'ada';";

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_shown_hastened_and_given_up() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let acme = Server::alone(&home, &database.url, "");
    admin(&acme, &["account", "create", "ada", "--email", "ada@acme.test"]).await.ok();
    assert_eq!(admin(&acme, &["federation", "status"]).await.ok(), "Nothing waits for anybody.\n");
    let client = database.client().await;
    client.batch_execute(WAITING).await.unwrap();
    let said = admin(&acme, &["federation", "status"]).await.ok();
    let lines: Vec<Vec<&str>> = said.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!(
        (&lines[0][..3], &lines[1][..4]),
        (&["dead.test", "3", "2 h"][..], &["well.test", "1", "2 h", "is being sent to"][..])
    );
    assert!(lines[0][3].starts_with("has failed 7 times in 3 h; is tried again at 2"), "{said}");
    assert_eq!(lines[0][4], "502 Bad gateway");
    let one = admin(&acme, &["federation", "status", "WELL.test."]).await.ok();
    assert_eq!(one.lines().count(), 1, "{one}");

    let said = admin(&acme, &["federation", "retry", "dead.test"]).await.ok();
    assert!(said.starts_with("3 deliveries to dead.test are due now"), "{said}");
    let due = "SELECT count(*) FROM deliveries d JOIN instances i ON i.domain = d.host
        WHERE d.host = 'dead.test' AND d.not_before IS NULL AND i.next_attempt_at IS NULL";
    let due: i64 = client.query_one(due, &[]).await.unwrap().get(0);
    assert_eq!(due, 3);
    let said = admin(&acme, &["federation", "forget", "dead.test"]).await.ok();
    assert_eq!(said, "3 deliveries to dead.test are given up.\n");
    let left: i64 = client.query_one("SELECT count(*) FROM deliveries", &[]).await.unwrap().get(0);
    assert_eq!(left, 1, "what waits for others does");
    admin(&acme, &["federation", "retry", "no host"]).await.refused(&["host must be the name of a server"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_refused_servers_are_brought_and_taken_along() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let acme = Server::alone(&home, &database.url, "");
    let import = async |name: &str, text: &str, more: &[&str]| {
        let file = home.file(name, text);
        let mut all = vec!["domain-blocks", "import", file.to_str().unwrap()];
        all.extend(more);
        admin(&acme, &all).await
    };
    let list = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
                evil.example,suspend,false,false,\"Spam, \"\"and\"\" worse\",true\nBücher.example,silence,true,true,,false\n";
    let said = import("list.csv", list, &[]).await.ok();
    assert_eq!(said, "2 added, 0 changed, 0 left as they were.\n");
    let expected = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
                    xn--bcher-kva.example,silence,true,true,,false\n\
                    evil.example,suspend,false,false,\"Spam, \"\"and\"\" worse\",true\n";
    assert_eq!(admin(&acme, &["domain-blocks", "export"]).await.ok(), expected);
    // A plain list of names; what there is stays.
    let said = import("names.txt", "evil.example\n\nother.example\n", &[]).await.ok();
    assert_eq!(said, "1 added, 0 changed, 1 left as they were.\n");
    let said = import("milder.csv", "#severity,#domain\nnoop,evil.example\n", &["--overwrite"]).await.ok();
    assert_eq!(said, "0 added, 1 changed, 0 left as they were.\n");
    let all = admin(&acme, &["domain-blocks", "export"]).await.ok();
    assert!(all.contains("evil.example,noop,false,false,,false\n"), "{all}");
    assert!(all.contains("other.example,suspend,"), "{all}");
    // A file that is wrong somewhere changes nothing.
    for (text, why) in [
        ("new.example\nno domain\n", "line 2: \"no domain\" is no domain"),
        ("#domain,#public_comment\n\na.example,\"two\nlines\"\n\nno domain,\n", "line 6: \"no domain\" is no domain"),
        ("#domain,#severity\nnew.example,awful\n", "\"awful\" is no severity"),
        ("new.example\nacme.test\n", "acme.test is this server"),
    ] {
        import("wrong.csv", text, &[]).await.refused(&[why, "nothing was imported"]);
    }
    assert_eq!(admin(&acme, &["domain-blocks", "export"]).await.ok(), all);
    admin(&acme, &["domain-blocks", "import", "/nowhere"]).await.refused(&["/nowhere"]);
    let written = "SELECT count(*) FROM audit_log WHERE actor = 'command line' AND action LIKE 'domain_block.%'";
    let written: i64 = database.client().await.query_one(written, &[]).await.unwrap().get(0);
    assert_eq!(written, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_answers_and_another_works() {
    let home = Home::new();
    let (first, second) = (TestDatabase::new().await, TestDatabase::new().await);
    let url = |database: &TestDatabase| format!("url = \"{}\"", database.url);
    let domains = [("acme.test", url(&first)), ("globex.test", url(&second))];
    let mut servers = Server::configure(&home, &domains, "");
    servers[0].start_with(&["--role", "web"]);
    servers[1].start();
    for server in &mut servers {
        server.ready().await;
    }
    let (ada, ben) = (servers[0].join("ada").await, servers[1].join("ben").await);
    ada.post_until_accepted("Nobody works yet").await;
    let waiting =
        async || -> i64 { first.client().await.query_one("SELECT count(*) FROM jobs", &[]).await.unwrap().get(0) };
    assert!(waiting().await > 0, "what is to be done waits");
    let worker = Process::start(&["serve", "--role", "worker", "--config", servers[0].file()]);
    until("the queue to be worked off", async || (waiting().await == 0).then_some(())).await;
    ben.follow("ada@acme.test").await;
    let post = ada.post_until_accepted("Somebody works").await;
    until("the post to arrive elsewhere", async || {
        let home = ben.walk("/api/v1/timelines/home").await?;
        home.iter().any(|post| post["content"].as_str().unwrap().contains("Somebody works")).then_some(())
    })
    .await;
    let found = send(servers[0].request(reqwest::Method::GET, &format!("/api/v1/statuses/{post}"))).await.unwrap();
    assert_eq!(found.status, 200, "{}", found.body);
    drop(worker);
}
