//! What all pages share: the head, the header, the footer.

use super::assets;
use super::texts::Texts;
use super::view::page_of;
use super::visitor::Visitor;
use crate::accounts::Preferences;
use crate::app::App;

/// The data of `layout.html`.
pub struct Frame {
    pub t: Texts,
    /// Classes of the page as a whole: how somebody wants to see it.
    pub look: String,
    pub title: String,
    pub instance: String,
    pub domain: String,
    pub stylesheet: String,
    /// The script of those who are signed in. Every page works without it.
    pub script: String,
    /// The page's own path, with its query.
    pub path: String,
    pub person: Option<Person>,
    pub form_token: String,
    pub registrations_open: bool,
    /// Nobody can register by themselves, but it is said how one gets in.
    pub registrations_told: bool,
    pub source_url: String,
    pub has_terms: bool,
    pub version: &'static str,
    pub noindex: bool,
    /// For link previews elsewhere.
    pub card: Option<Card>,
    /// The same thing as ActivityPub: `<link rel="alternate">`.
    pub activity: Option<String>,
}

/// Who is signed in.
#[derive(Clone)]
pub struct Person {
    pub name: String,
    pub handle: String,
    pub url: String,
    /// Looks after the instance.
    pub staff: bool,
    /// A message waits.
    pub unread: bool,
}

/// What a page shows of who is looking at it. It stays with the request, for the pages that tell of errors.
#[derive(Clone, Default)]
pub struct Looking {
    pub person: Option<Person>,
    look: String,
    form_token: String,
}

impl Looking {
    pub fn of(visitor: &Visitor) -> Self {
        let person = visitor.person.as_ref().map(|(account, user)| Person {
            name: account.username.clone(),
            handle: format!("@{}", account.full_handle(&visitor.app.config.instance.domain)),
            url: page_of(account),
            staff: user.rank() > 0,
            unread: visitor.unread,
        });
        Self { person, look: look(&visitor.preferences), form_token: visitor.form_token() }
    }
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
        let path = visitor.path.clone();
        Self { path, ..Self::around(&visitor.app, visitor.texts.clone(), title, Looking::of(visitor)) }
    }

    /// The frame of a page that stands at no address of its own, as those of errors.
    pub fn around(app: &App, t: Texts, title: String, looking: Looking) -> Self {
        let (instance, settings) = (&app.config.instance, app.settings());
        Self {
            t,
            look: looking.look,
            title,
            instance: settings.title.clone(),
            domain: instance.domain.clone(),
            stylesheet: assets::path("pollen"),
            script: assets::path("app"),
            path: String::new(),
            person: looking.person,
            form_token: looking.form_token,
            registrations_open: settings.registrations.takes_strangers(),
            registrations_told: settings.tell_how_to_join(),
            source_url: instance.source_url.clone(),
            has_terms: settings.has_terms(),
            version: env!("CARGO_PKG_VERSION"),
            noindex: true,
            card: None,
            activity: None,
        }
    }

    /// Whether this is the page that a link of the navigation leads to.
    pub fn is_at(&self, path: &str) -> bool {
        self.path.split('?').next() == Some(path)
    }
}

/// What somebody chose, as classes of the stylesheet. What is usual has none.
fn look(preferences: &Preferences) -> String {
    let chosen = [
        ("theme", preferences.theme.as_str(), "system"),
        ("text", &preferences.text_size, "normal"),
        ("motion", &preferences.motion, "system"),
    ];
    let classes = chosen.iter().filter(|(_, value, usual)| value != usual);
    classes.map(|(name, value, _)| format!("{name}-{value}")).collect::<Vec<_>>().join(" ")
}
