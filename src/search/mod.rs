//! Search: over accounts, hashtags, addresses, and the words of posts.

pub mod api;
pub mod object;
pub mod ops;
pub mod query;
pub mod store;

use crate::base::id::{AccountId, CollectionId, StatusId};
use crate::base::page::Page;
use crate::base::text;
use crate::jobs::Job;
use crate::media;
use crate::polls::Poll;
use crate::statuses::{PageRow, Status};

/// Letters of one post that are looked at.
const MOST_LETTERS: usize = 50_000;

/// What somebody looks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub text: &'a str,
    pub wants: Wants,
    /// Other servers are asked.
    pub resolve: bool,
    /// Of accounts only those whom they follow.
    pub following: bool,
    /// Posts of this account alone.
    pub author: Option<AccountId>,
    /// Of posts; of all else its length counts.
    pub page: Page,
    pub offset: i64,
}

/// Which kinds of things.
#[derive(Clone, Copy, Debug)]
pub struct Wants {
    pub accounts: bool,
    pub statuses: bool,
    pub hashtags: bool,
    pub collections: bool,
}

impl Wants {
    pub fn statuses_alone(self) -> bool {
        self.statuses && !self.accounts && !self.hashtags && !self.collections
    }
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub accounts: Vec<AccountId>,
    pub statuses: Vec<PageRow>,
    /// Names, normalised.
    pub tags: Vec<String>,
    pub collections: Vec<CollectionId>,
    /// To look for posts took too long: there may be some.
    pub cut_short: bool,
}

/// Posts from before there was an index: bring those below this id into it, some at a time.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct PostsUnindexed {
    pub below: StatusId,
}

impl Job for PostsUnindexed {
    const KIND: &'static str = "posts_unindexed";

    fn lane(&self) -> Option<String> {
        Some("search".into())
    }
}

/// What a post is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub id: StatusId,
    /// One of [`CONFIGURATIONS`].
    pub configuration: &'static str,
    /// As [`text::words`] has them.
    pub words: String,
    /// What can be asked for besides, with a space between them. In words there is no colon.
    pub marks: String,
}

impl Document {
    /// Of a post, what is attached to it, and what it asks.
    pub fn new(status: &Status, media: &[&media::Attachment], poll: Option<&Poll>) -> Self {
        let content = text::plain_text(&text::without_quote(&status.content));
        let descriptions = media.iter().map(|attachment| attachment.description.as_str());
        let options = poll.iter().flat_map(|poll| &poll.options).map(String::as_str);
        let all: Vec<&str> =
            [status.spoiler_text.as_str(), &content].into_iter().chain(descriptions).chain(options).collect();
        let cut: String = all.join("\n").chars().take(MOST_LETTERS).collect();
        let configuration = configuration(status.language.as_deref());
        let mut marks = marks(status, media, configuration);
        if poll.is_some() {
            marks.push_str(" f:poll");
        }
        Self { id: status.id, configuration, words: text::words(&cut), marks }
    }
}

fn marks(status: &Status, media: &[&media::Attachment], configuration: &str) -> String {
    let mut marks = vec![author_mark(status.account_id.0), format!("l:{configuration}")];
    if let Some(language) = status.language.as_deref().map(str::to_lowercase) {
        if let Some((short, _)) = language.split_once('-') {
            marks.push(format!("c:{short}"));
        }
        marks.push(format!("c:{language}"));
    }
    let mut add = |is: bool, mark: &str| {
        if is {
            marks.push(format!("f:{mark}"));
        }
    };
    let has = |kinds: &[media::Kind]| media.iter().any(|attachment| kinds.contains(&attachment.kind()));
    add(!media.is_empty(), "media");
    add(has(&[media::Kind::Image]), "image");
    add(has(&[media::Kind::Video, media::Kind::Gifv]), "video");
    add(has(&[media::Kind::Audio]), "audio");
    add(!text::links(&status.content).is_empty(), "link");
    add(status.in_reply_to_uri.is_some(), "reply");
    add(status.sensitive, "sensitive");
    marks.join(" ")
}

/// The mark of whoever wrote a post.
pub fn author_mark(id: i64) -> String {
    format!("a:{id}")
}

/// Languages whose words Postgres can bring to their stems, and the configuration that does it. The last one is for all others.
pub const CONFIGURATIONS: &[(&str, &str)] = &[
    ("ar", "arabic"),
    ("hy", "armenian"),
    ("eu", "basque"),
    ("ca", "catalan"),
    ("da", "danish"),
    ("nl", "dutch"),
    ("en", "english"),
    ("fi", "finnish"),
    ("fr", "french"),
    ("de", "german"),
    ("el", "greek"),
    ("hi", "hindi"),
    ("hu", "hungarian"),
    ("id", "indonesian"),
    ("ga", "irish"),
    ("it", "italian"),
    ("lt", "lithuanian"),
    ("ne", "nepali"),
    ("no", "norwegian"),
    ("nb", "norwegian"),
    ("nn", "norwegian"),
    ("pt", "portuguese"),
    ("ro", "romanian"),
    ("ru", "russian"),
    ("sr", "serbian"),
    ("es", "spanish"),
    ("sv", "swedish"),
    ("ta", "tamil"),
    ("tr", "turkish"),
    ("yi", "yiddish"),
    ("", "simple"),
];

/// The configuration for a language (`pt-BR`), `simple` where there is none.
pub fn configuration(language: Option<&str>) -> &'static str {
    let short = language.unwrap_or_default().split('-').next().unwrap_or_default().to_lowercase();
    CONFIGURATIONS.iter().find(|(code, _)| *code == short).map_or("simple", |(_, name)| name)
}
