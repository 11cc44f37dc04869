//! `pollen demo`, from its first start to the one that starts over.

use std::collections::BTreeMap;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::server::send;
use super::{Home, Process, free_port, postmaster, run, until};
use crate::support::plain;

const READY: &str = "Ctrl-C stops both";
const SEEDING: &str = "Introducing people";

/// A demo of one's own.
struct Demo {
    home: Home,
    ports: [u16; 2],
}

impl Demo {
    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let mut arguments: Vec<String> = ["demo", "--data-dir"].map(str::to_owned).into();
        arguments.push(self.home.path("data").display().to_string());
        for (name, port) in ["--acme-port", "--globex-port"].iter().zip(self.ports) {
            arguments.extend([(*name).to_owned(), port.to_string()]);
        }
        arguments.extend(more.iter().map(|one| (*one).to_owned()));
        arguments
    }

    fn start(&self, more: &[&str]) -> Process {
        let arguments = self.arguments(more);
        Process::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Starts one more, which cannot be.
    async fn refused(&self, more: &[&str], texts: &[&str]) {
        let arguments = self.arguments(more);
        run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await.refused(texts);
    }

    /// How often each text is at a company: public posts, and the answers below them.
    async fn texts(&self, company: usize) -> BTreeMap<String, usize> {
        let origin = format!("http://127.0.0.1:{}/api/v1", self.ports[company]);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let get = async |path: String| send(client.get(format!("{origin}{path}"))).await.unwrap().expect(200);
        let posts = get("/timelines/public?limit=40".into()).await;
        let mut all: Vec<Value> = posts.list().iter().filter(|status| status["reblog"].is_null()).cloned().collect();
        for id in all.iter().map(|status| status["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>() {
            let context = get(format!("/statuses/{id}/context")).await;
            all.extend(context["descendants"].as_array().unwrap().iter().cloned());
        }
        let mut texts = BTreeMap::new();
        for status in all {
            *texts.entry(plain(status["content"].as_str().unwrap())).or_default() += 1;
        }
        texts
    }

    async fn stop(&self, demo: &mut Process) {
        demo.signal(Signal::SIGINT);
        assert!(demo.ended().await.success(), "{}", demo.said());
        assert_eq!(postmaster(&self.home.path("data")), None, "Postgres is stopped, too");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_resumes_goes_on_and_starts_over() {
    let demo = Demo { home: Home::new(), ports: [free_port(), free_port()] };
    let data = demo.home.path("data");
    // Killed in the middle of each part of the story, and at once started again.
    for moment in ["Following each other across the two companies (5 of 14)", "Sharing what was learned (6 of 13)"] {
        let mut first = demo.start(&[]);
        first.until_said(moment).await;
        first.kill().await;
    }
    let mut second = demo.start(&[]);
    second.until_said(READY).await;
    assert!(second.said().contains(&format!("http://acme.localhost:{}", demo.ports[0])), "{}", second.said());
    let told = demo.texts(0).await;
    assert_eq!(told.len(), 13, "{told:#?}");
    for company in [0, 1] {
        assert!(demo.texts(company).await.values().all(|count| *count == 1), "each is told once");
    }

    // A second one at the same time gets nowhere, and does no harm.
    demo.refused(&[], &[&demo.ports[0].to_string(), "in use", "--acme-port"]).await;
    demo.refused(&["--fresh"], &["in use"]).await;
    let (acme, globex) = (free_port().to_string(), free_port().to_string());
    for fresh in [None, Some("--fresh")] {
        let mut arguments = vec!["demo", "--data-dir", data.to_str().unwrap()];
        arguments.extend(["--acme-port", &acme, "--globex-port", &globex]);
        arguments.extend(fresh);
        run(&arguments).await.refused(&["is in use by another Pollen", "--data-dir"]);
    }
    assert_eq!(demo.texts(0).await, told);

    // Killed, with the Postgres that it leaves behind for a moment; then stopped as by Ctrl-C.
    second.kill().await;
    for _ in 0..2 {
        let mut next = demo.start(&[]);
        next.until_said(READY).await;
        assert!(!next.said().contains(SEEDING), "everything is there already");
        assert_eq!(demo.texts(0).await, told);
        demo.stop(&mut next).await;
        assert!(next.said().contains("Start again with the same command"));
    }

    let mut fresh = demo.start(&["--fresh"]);
    fresh.until_said("Following each other across the two companies (2 of 14)").await;
    assert_eq!(demo.texts(0).await.len(), 0, "what was posted is forgotten");
    demo.stop(&mut fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_no_demos_is_left_alone() {
    let home = Home::new();
    let precious = home.file("precious", "x");
    let directory = home.0.to_str().unwrap();
    let (acme, globex) = (free_port().to_string(), free_port().to_string());
    let ports = ["--acme-port", &acme, "--globex-port", &globex];
    let said = run(&[&["demo", "--fresh", "--data-dir", directory][..], &ports].concat()).await;
    said.refused(&[directory, "left alone"]);
    until("the file", async || precious.exists().then_some(())).await;
}
