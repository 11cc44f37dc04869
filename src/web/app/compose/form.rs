//! The form in which somebody writes: what it asks, and what was typed.

use serde::Deserialize;

use crate::accounts::Account;
use crate::base::id::StatusId;
use crate::base::visibility::Audience;
use crate::base::{Error, Result, secret};
use crate::edge::params::lenient;
use crate::quotes::{self, CHOICES};
use crate::statuses::{Kind, Status};
use crate::web::texts::Texts;
use crate::web::view::{PostView, Who};
use crate::web::visitor::Visitor;

/// What was typed. Every field stays as it is when the form is shown again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub token: String,
    /// Makes one post of a form that is sent twice.
    pub key: String,
    /// See [`draft_name`].
    pub draft: String,
    #[serde(rename = "do")]
    pub act: String,
    pub text: String,
    pub warning: String,
    pub kind: String,
    pub language: String,
    pub audience: String,
    /// Who may quote it.
    pub quotes: String,
    #[serde(deserialize_with = "lenient::boolean")]
    pub markdown: Option<bool>,
    pub reply: String,
    pub quote: String,
    /// The handle of the group for which it is.
    pub group: String,
    /// What is said of the files that come along, in their order.
    #[serde(deserialize_with = "lenient::list")]
    pub alt: Vec<String>,
    /// Files that came before, and what is said of them.
    #[serde(deserialize_with = "lenient::list")]
    pub media: Vec<String>,
    #[serde(deserialize_with = "lenient::list")]
    pub media_alt: Vec<String>,
    #[serde(deserialize_with = "lenient::list")]
    pub remove: Vec<String>,
    /// Files may go without a description.
    #[serde(deserialize_with = "lenient::boolean")]
    pub undescribed: Option<bool>,
    #[serde(deserialize_with = "lenient::list")]
    pub poll: Vec<String>,
    pub poll_seconds: String,
    #[serde(deserialize_with = "lenient::boolean")]
    pub poll_multiple: Option<bool>,
    /// Nobody sees how it goes before it ends.
    #[serde(deserialize_with = "lenient::boolean")]
    pub poll_hidden: Option<bool>,
    /// When it is to be sent, in the writer's zone.
    pub at: String,
}

impl Fields {
    /// The answers of a poll, without those that are left empty.
    pub fn answers(&self) -> Vec<String> {
        self.poll.iter().map(|answer| answer.trim().to_owned()).filter(|answer| !answer.is_empty()).collect()
    }

    /// Who may quote it; `None` leaves it as it is, or as usual.
    pub fn quoters(&self) -> Result<Option<quotes::Choice>> {
        if self.quotes.is_empty() {
            return Ok(None);
        }
        quotes::Choice::parse(&self.quotes).map(Some).ok_or_else(|| Error::invalid("quotes", CHOICES))
    }

    /// Seconds for which a poll is open from now on.
    pub fn poll_length(&self) -> i64 {
        self.poll_seconds.parse().unwrap_or(86_400)
    }
}

/// Something to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub words: String,
    pub chosen: bool,
}

/// A file that came before.
#[derive(Clone, Debug)]
pub struct Attached {
    pub id: String,
    pub preview: Option<String>,
    pub description: String,
}

/// What cannot be sent like this: at which field, and why.
#[derive(Clone, Debug)]
pub struct Wrong {
    pub field: &'static str,
    pub why: String,
}

/// How it will look.
#[derive(Clone, Debug)]
pub struct Preview {
    pub html: String,
    pub warning: String,
    pub kind: String,
    pub audience: String,
}

/// The form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub action: String,
    /// See [`draft_name`].
    pub draft: String,
    /// An address says to whom it goes, or what.
    pub asked: bool,
    pub fields: Fields,
    pub audiences: Vec<Choice>,
    /// Of a post that is there already: who sees it, in words.
    pub audience: Option<String>,
    /// Who may quote it; empty where nobody else may, whatever is chosen.
    pub quoters: Vec<Choice>,
    pub kinds: Vec<Choice>,
    pub languages: Vec<Choice>,
    pub poll_lengths: Vec<Choice>,
    /// In which `at` is meant.
    pub zone: String,
    pub attached: Vec<Attached>,
    /// Numbers of files that can come along.
    pub rooms: Vec<usize>,
    pub most: usize,
    pub parent: Option<PostView>,
    pub quoted: Option<PostView>,
    pub group: Option<Who>,
    /// Whoever writes is no member of that group.
    pub outside: bool,
    pub edits: bool,
    /// It was sent, and is shown again.
    pub again: bool,
    pub wrong: Option<Wrong>,
    pub preview: Option<Preview>,
}

impl Form {
    /// What is wrong with a field, if that is what is wrong.
    pub fn why(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| wrong.why.as_str())
    }

    /// What was typed as an answer of a poll.
    pub fn answer(&self, number: &usize) -> &str {
        self.fields.poll.get(*number).map(String::as_str).unwrap_or_default()
    }

    /// What was said of a file that is to come along.
    pub fn alt(&self, number: &usize) -> &str {
        self.fields.alt.get(*number).map(String::as_str).unwrap_or_default()
    }

    /// Whether the part for polls is open.
    pub fn polls(&self) -> bool {
        self.fields.poll.iter().any(|answer| !answer.is_empty()) || self.why("poll").is_some()
    }

    /// To whom it goes, in words.
    pub fn to(&self) -> String {
        let chosen = self.audiences.iter().find(|choice| choice.chosen);
        self.audience.clone().or_else(|| chosen.map(|choice| choice.words.clone())).unwrap_or_default()
    }
}

/// Files that one post may have.
pub const MOST_FILES: usize = 4;

/// The end of a poll that is there stays.
pub const AS_IT_IS: &str = "keep";

fn choice(value: &str, words: String, chosen: &str) -> Choice {
    Choice { value: value.to_owned(), words, chosen: value == chosen }
}

/// Who may be meant: never more than see what is answered. A group hears what is for everyone.
pub fn audiences(
    t: &Texts,
    parent: Option<(Audience, &str)>,
    group: Option<&Who>,
    chosen: &str,
    usual: &str,
) -> Vec<Choice> {
    if let Some(group) = group {
        return vec![choice("public", t.with("compose-to-group", "name", &group.name), "public")];
    }
    let all = ["public", "unlisted", "private", "direct"];
    let possible: &[&str] = match parent {
        None | Some((Audience::Public, _)) => &all,
        Some((Audience::Unlisted, _)) => &["unlisted", "private", "direct"],
        Some((Audience::Followers, _)) => &["private", "direct"],
        Some((Audience::Direct, _)) => &["direct"],
        Some(_) => &["public", "direct"],
    };
    let chosen = [chosen, usual].into_iter().find(|wish| possible.contains(wish));
    let chosen = chosen.or(possible.first().copied()).unwrap_or_default();
    let words = |value: &str| match (value, parent) {
        ("public", Some((Audience::Organisation | Audience::Partners | Audience::Group(_), words))) => words.to_owned(),
        ("public", _) => t.say("compose-to-public"),
        ("unlisted", _) => t.say("compose-to-unlisted"),
        ("private", _) => t.say("compose-to-followers"),
        _ => t.say("compose-to-direct"),
    };
    possible.iter().map(|value| choice(value, words(value), chosen)).collect()
}

/// Who may quote a post that has this audience at most (AUDIENCE rule 5); nothing is to be chosen where others may not in any case.
pub fn quoters(t: &Texts, widest: Audience, chosen: &str, usual: &str) -> Vec<Choice> {
    if !quotes::is_quotable(widest) {
        return Vec::new();
    }
    let chosen = if chosen.is_empty() { usual } else { chosen };
    vec![
        choice("public", t.say("settings-posting-quotes-all"), chosen),
        choice("followers", t.say("settings-posting-quotes-followers"), chosen),
        choice("nobody", t.say("settings-posting-quotes-nobody"), chosen),
    ]
}

/// The kinds of posts.
pub fn kinds(t: &Texts, chosen: &str) -> Vec<Choice> {
    let words = |kind: Kind| match kind {
        Kind::Plain => t.say("compose-kind-plain"),
        Kind::Question => t.say("kind-question"),
        Kind::Resource => t.say("kind-resource"),
        Kind::TodayILearned => t.say("kind-today-i-learned"),
        Kind::Lesson => t.say("kind-lesson"),
    };
    let all = [Kind::Plain, Kind::Question, Kind::Resource, Kind::TodayILearned, Kind::Lesson];
    all.into_iter().map(|kind| choice(kind.name(), words(kind), chosen)).collect()
}

/// The languages that there are.
pub fn languages(t: &Texts, chosen: &str) -> Vec<Choice> {
    t.languages_written().into_iter().map(|(code, name)| choice(code, name, chosen)).collect()
}

/// How long a poll may be open.
pub fn poll_lengths(t: &Texts, chosen: &str) -> Vec<Choice> {
    let chosen = if chosen.is_empty() { "86400" } else { chosen };
    vec![
        choice("3600", t.say("compose-poll-hour"), chosen),
        choice("86400", t.say("compose-poll-day"), chosen),
        choice("259200", t.say("compose-poll-days"), chosen),
        choice("604800", t.say("compose-poll-week"), chosen),
    ]
}

/// As [`poll_lengths`], for a poll that is there: it may end when it ends now, which is told in words.
pub fn poll_ends(t: &Texts, end: String, chosen: &str) -> Vec<Choice> {
    let chosen = if chosen.is_empty() { AS_IT_IS } else { chosen };
    let mut all = poll_lengths(t, chosen);
    all.insert(0, choice(AS_IT_IS, end, chosen));
    all
}

/// Under which name what is being written is kept in the writer's browser: who they are, and the query of `/compose` with which the
/// form opens. So what was meant for one person is not found again where it would go to others.
pub fn draft_name(me: &Account, query: &[(&str, &str)]) -> String {
    let given = query.iter().filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    format!("{}/{query}", me.id)
}

/// Whom a reply names at first: its parent's author and those whom that names, without oneself.
pub fn greeting(me: &Account, author: Option<&Account>, mentioned: &[Account]) -> String {
    let mut names: Vec<String> = Vec::new();
    for account in author.into_iter().chain(mentioned).filter(|account| account.id != me.id) {
        let name = match &account.domain {
            Some(domain) => format!("@{}@{domain} ", account.username),
            None => format!("@{} ", account.username),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.concat()
}

/// The short form on home, or below a post, whose id and audience are given with the words for that.
pub fn short(visitor: &Visitor, parent: Option<(&Status, &str)>, text: String) -> Result<Form> {
    let t = &visitor.texts;
    let usual = visitor.person.as_ref().map(|(_, user)| user.default_visibility.as_str()).unwrap_or_default();
    let reply: Option<StatusId> = parent.map(|(status, _)| status.id);
    let reply = reply.map(|id| id.to_string()).unwrap_or_default();
    Ok(Form {
        action: "/compose".into(),
        draft: draft_name(visitor.me()?, &[("reply", &reply)]),
        fields: Fields { key: secret::generate()?, text, reply, ..Fields::default() },
        audiences: audiences(t, parent.map(|(status, words)| (status.audience(), words)), None, "", usual),
        kinds: kinds(t, "plain"),
        most: visitor.app.config.posts.characters,
        ..Form::default()
    })
}
