//! People and groups as pages name them, and the emoji in their texts.

use crate::accounts::Account;
use crate::app::App;
use crate::base::text;
use crate::emojis::CustomEmoji;
use crate::emojis::view::Emojis;

/// Somebody as pages name them.
#[derive(Clone, Debug)]
pub struct Who {
    pub name: String,
    /// The same as HTML, with emoji.
    pub name_html: String,
    pub handle: String,
    /// Their page for everyone: here for people of this instance, on their own server for others.
    pub url: String,
    /// Their page here, for those who are signed in: a path.
    pub page: String,
    pub avatar: Option<String>,
    /// Stands in for a picture.
    pub initial: String,
    pub is_group: bool,
}

/// An emoji as pages show it: in place of its name, which whoever does not see it reads.
pub fn picture(emoji: &CustomEmoji, origin: &str) -> String {
    let (name, url) = (text::escape_html(&emoji.shortcode), text::escape_html(&emoji.url(origin)));
    format!("<img class=\"emoji\" src=\"{url}\" alt=\":{name}:\" title=\":{name}:\" loading=\"lazy\">")
}

/// What shows the emoji of one author's texts.
pub struct Pictures<'e> {
    emojis: &'e Emojis,
    /// Empty: ours.
    domain: &'e str,
    origin: &'e str,
}

impl<'e> Pictures<'e> {
    pub fn new(emojis: &'e Emojis, domain: Option<&'e str>, origin: &'e str) -> Self {
        Self { emojis, domain: domain.unwrap_or_default(), origin }
    }

    fn show(&self, name: &str) -> Option<String> {
        self.emojis.find(self.domain, name).map(|emoji| picture(emoji, self.origin))
    }

    /// Stored HTML with emoji.
    pub fn html(&self, html: &str) -> String {
        text::show_shortcodes(html, |name| self.show(name))
    }

    /// A text as HTML, with emoji.
    pub fn text(&self, text: &str) -> String {
        text::show_shortcodes_in_text(text, |name| self.show(name))
    }
}

/// The page here of somebody, wherever they live.
pub fn page_of(account: &Account) -> String {
    match &account.domain {
        Some(domain) => format!("/@{}@{domain}", account.username),
        None => format!("/@{}", account.username),
    }
}

impl Who {
    pub fn new(account: &Account, app: &App, emojis: &Emojis) -> Self {
        let name = if account.display_name.trim().is_empty() { &account.username } else { &account.display_name };
        Self {
            name: name.clone(),
            name_html: Pictures::new(emojis, account.domain.as_deref(), &app.origin).text(name),
            handle: format!("@{}", account.full_handle(&app.config.instance.domain)),
            url: account.url.clone(),
            page: page_of(account),
            avatar: account.avatar(&app.origin),
            initial: name.chars().find(|c| c.is_alphanumeric()).unwrap_or('?').to_uppercase().to_string(),
            is_group: account.is_group(),
        }
    }
}
