//! Signing up, in and out by the pages, and the protection of forms.

use reqwest::Method;

use crate::support::{Browser, PASSWORD, World, hidden_fields};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_up_out_and_in() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    browser.sign_up("ada").await;
    let home = browser.get("/").await.expect(200);
    assert!(home.body.contains("@ada@acme.test"));
    let session = browser.session().unwrap();
    browser.submit(&home, "/auth/sign_out", &[]).await.expect(303);
    assert!(browser.session().is_none());
    let thief = Browser::new(acme);
    let name = Browser::new(acme);
    name.sign_up("ben").await;
    let cookie = name.cookies().into_keys().find(|name| !name.contains("form")).unwrap();
    thief.set_cookie(&cookie, &session);
    assert!(
        !thief.get("/").await.expect(200).body.contains("@ada@acme.test"),
        "a session that was ended opens nothing"
    );
    for login in ["ada", "@ada", "ADA", "ada@acme.test", "@ada@acme.test", "ada@people.test", " Ada@People.test "] {
        let browser = Browser::new(acme);
        let answer = browser.sign_in(login, PASSWORD).await.expect(303);
        assert_eq!(answer.header("location"), "/");
        assert!(browser.get("/").await.expect(200).body.contains("@ada@acme.test"), "{login}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_itself() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    browser.sign_up("ada").await;
    world.clock.advance(chrono::TimeDelta::days(29));
    assert!(browser.get("/").await.expect(200).body.contains("@ada@acme.test"));
    world.clock.advance(chrono::TimeDelta::days(2));
    assert!(!browser.get("/").await.expect(200).body.contains("@ada@acme.test"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    Browser::new(acme).sign_up("ada").await;
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_in").await.expect(200);
    let mut pages = Vec::new();
    for (login, password) in [
        ("ada", "wrong password"),
        ("nobody", PASSWORD),
        ("nobody@people.test", PASSWORD),
        ("", ""),
        ("ada", &"x".repeat(5000)),
    ] {
        let answer =
            browser.submit(&page, "/auth/sign_in", &[("login", login), ("password", password)]).await.expect(422);
        assert!(browser.session().is_none());
        assert!(!answer.body.contains("wrong password"), "the password is not shown again");
        pages.push(answer.body.replace(&format!("value=\"{login}\""), "value=\"…\"").replace(" autofocus", ""));
    }
    for page in &pages[1..4] {
        assert_eq!(page, &pages[0]);
    }
    world.finish().await;
}

/// With a name that nobody has, a password is hashed all the same: the time tells nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_costs_as_much_work() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    Browser::new(acme).sign_up("ada").await;
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_in").await.expect(200);
    let mut fastest = [std::time::Duration::MAX; 3];
    for _ in 0..5 {
        for (index, login) in ["ada", "nobody", "nobody@people.test"].into_iter().enumerate() {
            let started = std::time::Instant::now();
            browser
                .submit(&page, "/auth/sign_in", &[("login", login), ("password", "wrong password")])
                .await
                .expect(422);
            fastest[index] = fastest[index].min(started.elapsed());
        }
    }
    for unknown in &fastest[1..] {
        assert!(*unknown * 5 > fastest[0], "a known name takes {:?}, an unknown one {unknown:?}", fastest[0]);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_new_with_every_sign_in() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    Browser::new(acme).sign_up("ada").await;
    let browser = Browser::new(acme);
    browser.get("/auth/sign_in").await.expect(200);
    let before = browser.cookies();
    browser.sign_in("ada", PASSWORD).await.expect(303);
    let first = browser.session().unwrap();
    assert!(!before.values().any(|value| *value == first), "what was known before says nothing");
    browser.sign_in("ada", PASSWORD).await.expect(303);
    assert_ne!(browser.session().unwrap(), first);
    assert_eq!(acme.count("SELECT count(*) FROM sessions").await, 2, "the one that it replaced has ended");
    // A session that somebody else planted is not taken over.
    let name = browser.cookies().into_keys().find(|name| !name.contains("form")).unwrap();
    let planted = Browser::new(acme);
    planted.set_cookie(&name, "planted");
    planted.sign_in("ada", PASSWORD).await.expect(303);
    assert_ne!(planted.session().unwrap(), "planted");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_another_site_sends_are_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (browser, other) = (Browser::new(acme), Browser::new(acme));
    browser.sign_up("ada").await;
    let session = browser.session();
    let theirs = other.get("/auth/sign_in").await.expect(200);
    let token = hidden_fields(&theirs.body, "/auth/sign_in").into_iter().find(|(name, _)| name == "token").unwrap().1;
    let own_page = browser.get("/").await.expect(200);
    let own = hidden_fields(&own_page.body, "/auth/sign_out").remove(0).1;
    let before = acme.fingerprint().await;
    for (path, form) in [
        ("/auth/sign_out", vec![]),
        ("/auth/sign_in", vec![("login", "ada"), ("password", PASSWORD)]),
        (
            "/auth/sign_up",
            vec![("username", "mal"), ("email", "m@people.test"), ("password", PASSWORD), ("agreement", "on")],
        ),
    ] {
        for wrong in ["", "nonsense", token.as_str()] {
            let form = [form.as_slice(), &[("token", wrong)]].concat();
            browser.post(path, &form).await.expect(422);
        }
        let right = [form.as_slice(), &[("token", own.as_str())]].concat();
        for headers in [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
        ] {
            browser.send(Method::POST, path, Some(&right), &headers).await.expect(422);
        }
    }
    assert_eq!(acme.fingerprint().await, before);
    assert_eq!(browser.session(), session);
    // By a script or a browser that says nothing of where it comes from, with the right token.
    browser.send(Method::POST, "/auth/sign_out", Some(&[("token", &own)]), &[]).await.expect(303);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_signing_in_nobody_is_sent_elsewhere() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    Browser::new(acme).sign_up("ada").await;
    for (wish, expected) in [
        ("/about", "/about"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nx: y", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let browser = Browser::new(acme);
        let encoded: String = url::form_urlencoded::byte_serialize(wish.as_bytes()).collect();
        let page = browser.get(&format!("/auth/sign_in?return_to={encoded}")).await.expect(200);
        let fields = hidden_fields(&page.body, "/auth/sign_in");
        assert!(fields.iter().any(|(name, value)| name == "return_to" && value == expected), "{wish}: {fields:?}");
        let token = &fields.iter().find(|(name, _)| name == "token").unwrap().1;
        let form = [("token", token.as_str()), ("return_to", wish), ("login", "ada"), ("password", PASSWORD)];
        assert_eq!(browser.post("/auth/sign_in", &form).await.expect(303).header("location"), expected, "{wish}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_stays_in_the_form() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    browser.sign_up("taken").await;
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_up").await.expect(200);
    let typed = [("username", "taken"), ("email", "x\"><script>"), ("password", "short secret"), ("agreement", "on")];
    let answer = browser.submit(&page, "/auth/sign_up", &typed).await.expect(422);
    for part in ["value=\"taken\"", "href=\"#username\"", "href=\"#email\""] {
        assert!(answer.body.contains(part), "{part} is not in {}", answer.body);
    }
    assert!(!answer.body.contains("short secret") && !answer.body.contains("<script>"), "{}", answer.body);
    let none = browser.submit(&page, "/auth/sign_up", &[("username", "admin")]).await.expect(422);
    for field in ["username", "email", "password", "agreement"] {
        assert!(none.body.contains(&format!("href=\"#{field}\"")), "{field}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_is_limited() {
    let world = World::builder().instance("acme.test").configure(|config| config.limits.sign_in = 3).start().await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_in").await.expect(200);
    let wrong = [("login", "ada"), ("password", "wrong")];
    for _ in 0..3 {
        browser.submit(&page, "/auth/sign_in", &wrong).await.expect(422);
    }
    let over = browser.submit(&page, "/auth/sign_in", &wrong).await.expect(429);
    assert!(over.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(over.header("content-type").starts_with("text/html"));
    browser.get("/auth/sign_in").await.expect(200);
    world.finish().await;
}
