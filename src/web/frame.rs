//! What all pages share: the head, the header, the footer.

use super::assets;
use super::texts::Texts;
use super::visitor::Visitor;
use crate::app::App;

/// The data of `layout.html`.
pub struct Frame {
    pub t: Texts,
    pub title: String,
    pub instance: String,
    pub domain: String,
    pub stylesheet: String,
    pub person: Option<Person>,
    pub form_token: String,
    pub registrations_open: bool,
    pub source_url: String,
    pub version: &'static str,
    pub noindex: bool,
    /// For link previews elsewhere.
    pub card: Option<Card>,
    /// The same thing as ActivityPub: `<link rel="alternate">`.
    pub activity: Option<String>,
}

/// Who is signed in.
pub struct Person {
    pub name: String,
    pub url: String,
}

/// OpenGraph.
pub struct Card {
    pub kind: &'static str,
    pub url: String,
    pub description: String,
    pub image: Option<String>,
}

impl Frame {
    /// A page's frame. `title` stands before the instance's own.
    pub fn new(visitor: &Visitor, title: String) -> Self {
        let person =
            visitor.account().map(|account| Person { name: account.username.clone(), url: account.url.clone() });
        Self { person, form_token: visitor.form_token(), ..Self::bare(&visitor.app, visitor.texts.clone(), title) }
    }

    /// The frame when nothing is known of who is looking, as on error pages.
    pub fn bare(app: &App, t: Texts, title: String) -> Self {
        let instance = &app.config.instance;
        Self {
            t,
            title,
            instance: instance.title.clone(),
            domain: instance.domain.clone(),
            stylesheet: assets::path("pollen"),
            person: None,
            form_token: String::new(),
            registrations_open: app.config.registrations.mode.takes_strangers(),
            source_url: instance.source_url.clone(),
            version: env!("CARGO_PKG_VERSION"),
            noindex: true,
            card: None,
            activity: None,
        }
    }
}
