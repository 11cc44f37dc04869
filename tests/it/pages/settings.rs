//! What somebody decides about their own account, on pages.

use chrono::TimeDelta;
use regex::Regex;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::media::png;
use crate::support::{Browser, PASSWORD, Part, World, hidden_fields};

/// Method and path of each route that a file of pages configures, with a number in place of what stands in braces.
pub fn routes(source: &str) -> Vec<(Method, String)> {
    let text = std::fs::read_to_string(format!("{}/{source}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let route = Regex::new(r#"\.route\(\s*"([^"]+)",\s*web::(get|post)\(\)"#).unwrap();
    let id = Regex::new(r"\{[a-z]+\}").unwrap();
    let found = route.captures_iter(&text).map(|found| {
        let method = if &found[2] == "get" { Method::GET } else { Method::POST };
        (method, id.replace_all(&found[1], "1").into_owned())
    });
    found.collect()
}

/// The token of a page's forms.
pub fn token(page: &str, action: &str) -> String {
    hidden_fields(page, action).into_iter().find(|(name, _)| name == "token").unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_asked_to_sign_in_first() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let routes = routes("src/web/settings/mod.rs");
    assert!(routes.len() > 15, "the routes were not found");
    for (method, path) in &routes {
        let browser = Browser::new(acme);
        let form = (*method == Method::POST).then_some([("token", "x")].as_slice());
        let answer = browser.send(method.clone(), path, form, &[]).await.expect(303);
        // Back to the page; from a form that was sent to the one that has it, since nothing is at most of the others to read.
        let page =
            if *method == Method::GET { path.clone() } else { path.split('/').take(3).collect::<Vec<_>>().join("/") };
        let wished: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
        assert_eq!(answer.header("location"), format!("/auth/sign_in?return_to={wished}"), "{method} {path}");
    }
    let browser = Browser::new(acme);
    browser.sign_up("ada").await;
    let before = acme.fingerprint().await;
    for (method, path) in routes {
        match method {
            Method::POST => {
                browser.post(&path, &[("token", "x"), ("username", "ada")]).await.expect(422);
            }
            _ if path.ends_with("/1") => {
                browser.get(&path).await.expect(404);
            }
            _ if path == "/settings" => {
                assert_eq!(browser.get(&path).await.expect(303).header("location"), "/settings/profile");
            }
            _ => {
                browser.get(&path).await.expect(200);
            }
        }
    }
    assert_eq!(acme.fingerprint().await, before, "no form of another site changes anything");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_changed_and_what_is_wrong_stays_as_it_was_typed() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    browser.sign_up("ada").await;
    let path = "/settings/profile";
    let page = browser.get(path).await.expect(200);
    let long = "x".repeat(101);
    let typed = [("display_name", long.as_str()), ("note", "<b>Stays</b>"), ("locked", "true")];
    let wrong = browser.submit(&page, path, &typed).await.expect(422);
    for part in ["href=\"#display_name\"", "aria-describedby=\"display_name-why\"", "Stays", &long] {
        assert!(wrong.body.contains(part), "{part} is not in {}", wrong.body);
    }
    assert!(!wrong.body.contains("<b>Stays"), "{}", wrong.body);
    let lookup = "/api/v1/accounts/lookup?acct=ada";
    assert_eq!(acme.get(lookup).await.expect(200)["locked"], false);
    let typed = [
        ("display_name", "Ada L."),
        ("note", "Ask me about #looms"),
        ("fields[0][name]", "Team"),
        ("fields[0][value]", "Engines & co"),
        ("locked", "true"),
        ("indexable", "true"),
        ("bot", "true"),
    ];
    let done = browser.submit(&page, path, &typed).await.expect(303);
    assert_eq!(done.header("location"), "/settings/profile?done");
    let shown = browser.get(done.header("location")).await.expect(200);
    for part in
        ["role=\"status\"", "value=\"Ada L.\"", "Ask me about #looms", "value=\"Team\"", "value=\"Engines &#38; co\""]
    {
        assert!(shown.body.contains(part), "{part} is not in {}", shown.body);
    }
    let ada = acme.get(lookup).await.expect(200);
    assert_eq!((&ada["display_name"], &ada["locked"], &ada["bot"]), (&json!("Ada L."), &json!(true), &json!(true)));
    assert_eq!((&ada["discoverable"], &ada["indexable"]), (&json!(false), &json!(true)), "what is not ticked is off");
    assert_eq!(ada["fields"][0]["name"], "Team");

    let picture = [Part::text("display_name", "Ada"), Part::file("avatar", png(40, 40))];
    browser.submit_files(&shown, path, &[], &picture).await.expect(303);
    let with = acme.get(lookup).await.expect(200);
    assert!(with["avatar"].as_str().unwrap().contains("/media/"), "{}", with["avatar"]);
    let shown = browser.get(path).await.expect(200);
    let broken = [Part::text("display_name", "Ada"), Part::file("avatar", b"no picture".as_slice())];
    let wrong = browser.submit_files(&shown, path, &[], &broken).await.expect(422);
    assert!(wrong.body.contains("class=\"problem\""), "{}", wrong.body);
    browser.submit(&shown, path, &[("display_name", "Ada"), ("remove_avatar", "true")]).await.expect(303);
    assert!(!acme.get(lookup).await.expect(200)["avatar"].as_str().unwrap().contains("/media/"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_look_as_somebody_wants_them() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let post = ada.post_status("Hello").await;
    let address = format!("/@ada/{}", post["id"].as_str().unwrap());
    assert!(browser.get(&address).await.expect(200).body.contains("UTC</time>"));
    let path = "/settings/appearance";
    let page = browser.get(path).await.expect(200);
    let typed =
        [("theme", "dark"), ("text_size", "large"), ("motion", "still"), ("language", ""), ("time_zone", "Asia/Tokyo")];
    browser.submit(&page, path, &typed).await.expect(303);
    let shown = browser.get(&address).await.expect(200).body;
    assert!(shown.contains("<html lang=\"en\" class=\"theme-dark text-large motion-still\">"), "{shown}");
    assert!(shown.contains("JST</time>"), "{shown}");
    let other = Browser::new(acme).get(&address).await.expect(200).body;
    assert!(other.contains("<html lang=\"en\">") && other.contains("UTC</time>"), "others see no difference");
    let wrong = [("theme", "dark"), ("text_size", "large"), ("motion", "still"), ("time_zone", "Mars/North")];
    let answer = browser.submit(&page, path, &wrong).await.expect(422);
    assert!(answer.body.contains("value=\"Mars/North\"") && answer.body.contains("href=\"#time_zone\""));
    browser.submit(&page, path, &[("theme", "pink"), ("text_size", "large"), ("motion", "still")]).await.expect(422);
    assert_eq!(acme.count("SELECT count(*) FROM person_preferences WHERE time_zone = 'Asia/Tokyo'").await, 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_post_begins_as_its_author_chose() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let path = "/settings/posting";
    let page = browser.get(path).await.expect(200);
    let typed = [("visibility", "private"), ("language", "de"), ("quote_policy", "followers"), ("sensitive", "true")];
    browser.submit(&page, path, &typed).await.expect(303);
    let known = ada.get("/api/v1/preferences").await.expect(200);
    assert_eq!(known["posting:default:visibility"], "private");
    assert_eq!(known["posting:default:language"], "de");
    assert_eq!(known["posting:default:sensitive"], true);
    assert!(browser.get(path).await.expect(200).body.contains("value=\"private\" selected"));
    let wrong = [("visibility", "secret"), ("language", "de"), ("quote_policy", "followers")];
    let answer = browser.submit(&page, path, &wrong).await.expect(422);
    assert!(answer.body.contains("href=\"#visibility\"") && answer.body.contains("value=\"de\" selected"));
    browser.submit(&page, path, &[("visibility", "public"), ("quote_policy", "nobody")]).await.expect(303);
    let known = ada.get("/api/v1/preferences").await.expect(200);
    assert_eq!(
        (&known["posting:default:language"], &known["posting:default:sensitive"]),
        (&Value::Null, &json!(false))
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_made_changed_and_deleted() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ada).await;
    let new = "/settings/filters/new";
    let page = browser.get(new).await.expect(200);
    let nameless =
        [("keywords[0][keyword]", "spoiler"), ("context[]", "home"), ("action", "hide"), ("expires_in", "never")];
    let wrong = browser.submit(&page, new, &nameless).await.expect(422);
    assert!(wrong.body.contains("href=\"#title\"") && wrong.body.contains("value=\"spoiler\""), "{}", wrong.body);
    let typed = [
        ("title", "Football <3"),
        ("keywords[0][keyword]", "goal"),
        ("keywords[0][whole_word]", "true"),
        ("keywords[1][keyword]", "penalty"),
        ("keywords[2][keyword]", ""),
        ("context[]", "home"),
        ("context[]", "public"),
        ("action", "warn"),
        ("expires_in", "604800"),
    ];
    browser.submit(&page, new, &typed).await.expect(303);
    let filters = ada.get("/api/v2/filters").await.expect(200);
    let filter = &filters[0];
    assert_eq!((&filter["title"], &filter["context"]), (&json!("Football <3"), &json!(["home", "public"])));
    assert_eq!(filter["keywords"].as_array().unwrap().len(), 2);
    assert!(filter["expires_at"].is_string());
    let list = browser.get("/settings/filters").await.expect(200).body;
    assert!(list.contains("Football &#60;3") && list.contains("goal, penalty"), "{list}");
    let path = format!("/settings/filters/{}", filter["id"].as_str().unwrap());
    let page = browser.get(&path).await.expect(200);
    // As the form has it: the ids of keywords are in hidden fields. What is emptied goes.
    let change = [
        ("title", "Football"),
        ("keywords[0][keyword]", "goal!"),
        ("keywords[1][keyword]", ""),
        ("context[]", "home"),
        ("action", "hide"),
        ("expires_in", "never"),
    ];
    browser.submit(&page, &path, &change).await.expect(303);
    let filter = &ada.get("/api/v2/filters").await.expect(200).json[0].clone();
    assert_eq!((&filter["filter_action"], &filter["expires_at"]), (&json!("hide"), &Value::Null));
    let keywords = filter["keywords"].as_array().unwrap();
    assert_eq!(
        (keywords.len(), &keywords[0]["keyword"], &keywords[0]["whole_word"]),
        (1, &json!("goal!"), &json!(false))
    );
    let theirs = Browser::of(&ben).await;
    theirs.get(&path).await.expect(404);
    let own = theirs.get(new).await.expect(200);
    let token = token(&own.body, new);
    for (at, form) in [(path.clone(), change.to_vec()), (format!("{path}/delete"), vec![])] {
        theirs.post(&at, &[form.as_slice(), &[("token", token.as_str())]].concat()).await.expect(404);
    }
    browser.submit(&page, &format!("{path}/delete"), &[]).await.expect(303);
    assert!(ada.get("/api/v2/filters").await.expect(200).list().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_taken_along_and_brought() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let (acme, globex) = (world.instance("acme.test"), world.instance("globex.test"));
    let (ada, ben) = (acme.register("ada").await, globex.register("ben").await);
    acme.register("eve").await;
    let browser = Browser::of(&ada).await;
    ada.follow("@eve@acme.test").await;
    let list = browser.get("/settings/data/following.csv").await.expect(200);
    assert!(list.body.contains("eve@acme.test,true"), "{}", list.body);
    assert!(list.header("content-disposition").contains("following.csv"));
    browser.get("/settings/data/secrets.csv").await.expect(404);
    let page = browser.get("/settings/data").await.expect(200);
    let action = "/settings/data/import";
    for (kind, data, field) in [("following", "", "data"), ("nonsense", "ben@globex.test", "kind")] {
        let answer = browser.submit(&page, action, &[("kind", kind), ("data", data)]).await.expect(422);
        assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{}", answer.body);
    }
    let file = format!("Account address\n{}\nnobody@globex.test\n", ben.handle());
    let parts = [Part::text("kind", "following"), Part::file("data", file.as_bytes())];
    browser.submit_files(&page, action, &[], &parts).await.expect(303);
    world.advance(TimeDelta::minutes(1)).await;
    world.advance(TimeDelta::hours(30)).await;
    let page = browser.get("/settings/data").await.expect(200).body;
    assert!(page.contains("1 line was taken") && page.contains("nobody@globex.test"), "{page}");
    let list = browser.get("/settings/data/following.csv").await.expect(200).body;
    assert!(list.contains("ben@globex.test"), "{list}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_moves_and_comes_back() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let (acme, globex) = (world.instance("acme.test"), world.instance("globex.test"));
    let (old, new) = (Browser::new(acme), Browser::new(globex));
    old.sign_up("ada").await;
    new.sign_up("ada").await;
    let path = "/settings/account";
    let page = new.get(path).await.expect(200);
    let aliases = "/settings/account/aliases";
    let wrong = new.submit(&page, aliases, &[("alias", "nobody at all")]).await.expect(422);
    assert!(wrong.body.contains("href=\"#alias\"") && wrong.body.contains("value=\"nobody at all\""), "{}", wrong.body);
    new.submit(&page, aliases, &[("alias", "@ada@acme.test")]).await.expect(303);
    assert!(new.get(path).await.expect(200).body.contains("@ada@acme.test"));
    let page = old.get(path).await.expect(200);
    let go = "/settings/account/move";
    let answer = old.submit(&page, go, &[("target", "ada@globex.test"), ("password", "wrong")]).await.expect(422);
    assert!(answer.body.contains("href=\"#password\"") && answer.body.contains("value=\"ada@globex.test\""));
    let right = [("target", "ada@globex.test"), ("password", PASSWORD)];
    old.submit(&page, go, &right).await.expect(303);
    world.settle().await;
    let moved = acme.get("/api/v1/accounts/lookup?acct=ada").await.expect(200);
    assert_eq!(moved["moved"]["acct"], "ada@globex.test");
    let page = old.get(path).await.expect(200);
    old.submit(&page, "/settings/account/stay", &[]).await.expect(303);
    assert_eq!(acme.get("/api/v1/accounts/lookup?acct=ada").await.expect(200)["moved"], Value::Null);
    let page = new.get(path).await.expect(200);
    new.submit(&page, "/settings/account/aliases/remove", &[]).await.expect(303);
    assert_eq!(globex.count("SELECT count(*) FROM accounts WHERE also_known_as <> '{}'").await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_deleted_by_its_name_and_password_alone() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    browser.sign_up("ada").await;
    let path = "/settings/account/delete";
    let page = browser.get(path).await.expect(200);
    for (name, password, field) in [("ben", PASSWORD, "username"), ("ada", "wrong", "password"), ("", "", "username")] {
        let answer = browser.submit(&page, path, &[("username", name), ("password", password)]).await.expect(422);
        assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{}", answer.body);
    }
    acme.get("/api/v1/accounts/lookup?acct=ada").await.expect(200);
    let done = browser.submit(&page, path, &[("username", "@ada"), ("password", PASSWORD)]).await.expect(303);
    assert_eq!(done.header("location"), "/");
    assert!(browser.session().is_none());
    world.settle().await;
    acme.get("/@ada").await.expect(404);
    Browser::new(acme).sign_in("ada", PASSWORD).await.expect(422);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_says_which_websites_may_name_them() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let path = "/settings/profile";
    let page = browser.get(path).await.expect(200);
    let domains = async || ada.get("/api/v1/profile").await.expect(200)["attribution_domains"].clone();
    let typed = [("display_name", "Ada"), ("attribution_domains", "https://Blog.example/\r\n\r\n pages.example \r\n")];
    browser.submit(&page, path, &typed).await.expect(303);
    assert_eq!(domains().await, json!(["blog.example", "pages.example"]));
    let page = browser.get(path).await.expect(200);
    assert!(page.body.contains(">blog.example\npages.example</textarea>"), "{}", page.body);
    let eleven = (0..11).map(|number| format!("d{number}.example")).collect::<Vec<_>>().join("\r\n");
    for wrong in ["no domain", &eleven] {
        let typed = [("display_name", "Ada L."), ("attribution_domains", wrong)];
        let answer = browser.submit(&page, path, &typed).await.expect(422);
        assert!(answer.body.contains("href=\"#attribution_domains\""), "{}", answer.body);
        assert!(answer.body.contains("value=\"Ada L.\""), "what was typed stays");
    }
    assert_eq!(domains().await.as_array().unwrap().len(), 2);
    browser.submit(&page, path, &[("display_name", "Ada")]).await.expect(303);
    assert_eq!(domains().await, json!([]));
    world.finish().await;
}
