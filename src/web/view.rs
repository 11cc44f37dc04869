//! Posts as pages show them: loads what a page of them needs in a fixed number of queries.

mod polls;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

pub use polls::PollView;

use super::store;
use super::texts::Texts;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, AudienceId, StatusId};
use crate::base::text;
use crate::base::visibility::{Audience, Viewer};
use crate::db::Conn;
use crate::emojis::view::Emojis;
use crate::emojis::{self, CustomEmoji, Named};
use crate::media::{self, Shown};
use crate::polls::Poll;
use crate::quotes::State;
use crate::quotes::view::Quotes;
use crate::statuses::{self, Kind, Status};

/// Somebody as pages name them.
#[derive(Clone, Debug)]
pub struct Who {
    pub name: String,
    /// The same as HTML, with emoji.
    pub name_html: String,
    pub handle: String,
    /// Their page: here for people of this instance, on their own server for others.
    pub url: String,
    pub avatar: Option<String>,
    /// Stands in for a picture.
    pub initial: String,
    pub is_group: bool,
}

/// A picture, film or sound as pages show it.
#[derive(Clone, Debug)]
pub struct MediaView {
    /// image, gifv, video, audio or unknown.
    pub kind: &'static str,
    pub url: String,
    /// Small, or a still of a film.
    pub preview: Option<String>,
    /// In its author's words; may be empty.
    pub description: String,
    /// Width and height of the small picture, as far as they are known.
    pub size: Option<(u64, u64)>,
}

impl MediaView {
    /// `None` for what cannot be shown.
    fn new(shown: &Shown, origin: &str) -> Option<Self> {
        let side = |name: &str| shown.attachment.meta.pointer(&format!("/small/{name}"))?.as_u64();
        Some(Self {
            kind: shown.attachment.kind().as_str(),
            url: media::entity::url(shown, origin)?,
            preview: media::entity::preview_url(shown, origin),
            description: shown.attachment.description.clone(),
            size: side("width").zip(side("height")),
        })
    }
}

/// What a post quotes, as pages show it.
#[derive(Clone, Debug)]
pub struct QuoteView {
    pub author: Who,
    pub url: String,
    /// Sanitised HTML.
    pub content: String,
    pub spoiler: String,
    pub language: String,
}

/// A post as pages show it.
#[derive(Clone, Debug)]
pub struct PostView {
    pub id: StatusId,
    pub parent: Option<StatusId>,
    pub author: Who,
    pub booster: Option<Who>,
    /// The public group in which it was posted.
    pub group: Option<Who>,
    pub url: String,
    /// Sanitised HTML.
    pub content: String,
    /// The same with emoji.
    pub content_html: String,
    pub spoiler: String,
    /// The same as HTML, with emoji.
    pub spoiler_html: String,
    pub sensitive: bool,
    pub media: Vec<MediaView>,
    pub poll: Option<PollView>,
    pub quote: Option<QuoteView>,
    pub language: String,
    pub kind_class: &'static str,
    /// In words; empty for a plain post.
    pub kind: String,
    pub audience: String,
    pub audience_class: &'static str,
    pub time: String,
    pub time_iso: String,
    /// When it was edited last: in words, and for programs.
    pub edited: Option<(String, String)>,
    /// How many replies, in words; empty when there are none.
    pub replies: String,
    /// How deep in a thread, for the stylesheet: 0 to 3.
    pub depth: usize,
    pub focus: bool,
}

/// An emoji as pages show it: in place of its name, which whoever does not see it reads.
fn picture(emoji: &CustomEmoji, origin: &str) -> String {
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

impl Who {
    pub fn new(account: &Account, app: &App, emojis: &Emojis) -> Self {
        let name = if account.display_name.trim().is_empty() { &account.username } else { &account.display_name };
        Self {
            name: name.clone(),
            name_html: Pictures::new(emojis, account.domain.as_deref(), &app.origin).text(name),
            handle: format!("@{}", account.full_handle(&app.config.instance.domain)),
            url: account.url.clone(),
            avatar: account.avatar(&app.origin),
            initial: name.chars().find(|c| c.is_alphanumeric()).unwrap_or('?').to_uppercase().to_string(),
            is_group: account.is_group(),
        }
    }
}

/// Loads posts and boosts in the order of `ids`, which the viewer may see. What a boost boosts is checked here; boosts of
/// what they may not see are left out.
pub async fn load(app: &App, conn: &mut Conn, t: &Texts, viewer: Viewer, ids: &[StatusId]) -> Result<Vec<PostView>> {
    let listed = by_id(statuses::store::list_statuses(conn, ids).await?);
    let boosted: Vec<StatusId> = listed.values().filter_map(|status| status.reblog_of_id).collect();
    let boosted = if boosted.is_empty() {
        HashMap::new()
    } else {
        let seen = statuses::store::list_visible(conn, viewer, &boosted).await?;
        by_id(statuses::store::list_statuses(conn, &seen).await?)
    };
    let shown: Vec<(&Status, Option<&Status>)> = ids
        .iter()
        .filter_map(|id| {
            let status = listed.get(id)?;
            match status.reblog_of_id {
                Some(original) => Some((boosted.get(&original)?, Some(status))),
                None => Some((status, None)),
            }
        })
        .collect();
    let around = Around::load(app, conn, viewer, &shown).await?;
    let now = app.now();
    Ok(shown.into_iter().filter_map(|(status, boost)| around.view(t, status, boost, now)).collect())
}

fn by_id(statuses: Vec<Status>) -> HashMap<StatusId, Status> {
    statuses.into_iter().map(|status| (status.id, status)).collect()
}

/// What stands around the posts of a page.
struct Around {
    instance: String,
    people: HashMap<AccountId, Who>,
    replies: HashMap<StatusId, i64>,
    audiences: HashMap<AudienceId, AccountId>,
    media: HashMap<StatusId, Vec<MediaView>>,
    polls: HashMap<StatusId, Poll>,
    /// By the post that quotes.
    quoted: HashMap<StatusId, Status>,
    domains: HashMap<AccountId, String>,
    emojis: Emojis,
    origin: String,
}

impl Around {
    async fn load(app: &App, conn: &mut Conn, viewer: Viewer, shown: &[(&Status, Option<&Status>)]) -> Result<Self> {
        let private: Vec<AudienceId> = shown.iter().filter_map(|(status, _)| status.audience_id).collect();
        let audiences: HashMap<AudienceId, AccountId> = if private.is_empty() {
            HashMap::new()
        } else {
            store::list_audience_groups(conn, &private).await?.into_iter().collect()
        };
        let quoted = load_quoted(app, conn, viewer, shown).await?;
        let mut people: Vec<AccountId> = audiences.values().copied().collect();
        people.extend(quoted.values().map(|quoted| quoted.account_id));
        for (status, boost) in shown {
            people.push(status.account_id);
            people.extend(status.group_account_id);
            people.extend(boost.map(|boost| boost.account_id));
        }
        people.sort_unstable();
        people.dedup();
        let people = accounts::store::list_accounts(conn, &people).await?;
        let posts: Vec<StatusId> = shown.iter().map(|(status, _)| status.id).collect();
        let media = media::view::load(conn, &posts)
            .await?
            .into_iter()
            .map(|(id, shown)| (id, shown.iter().filter_map(|shown| MediaView::new(shown, &app.origin)).collect()));
        let polls = crate::polls::store::list_of_statuses(conn, &posts).await?;
        let polls: HashMap<StatusId, Poll> = polls.into_iter().map(|poll| (poll.status_id, poll)).collect();
        let domain = |account: &Account| Some((account.id, account.domain.clone()?));
        let domains: HashMap<AccountId, String> = people.iter().filter_map(domain).collect();
        let mut named: Vec<Named> = people.iter().map(accounts::entity::named).collect();
        for (status, _) in shown {
            let options = polls.get(&status.id).map(|poll| poll.options.as_slice()).unwrap_or_default();
            let domain = domains.get(&status.account_id).map(String::as_str).unwrap_or_default();
            named.push(statuses::entity::named(&status.content, &status.spoiler_text, options, domain));
        }
        let emojis = emojis::view::load(app, conn, &named).await?;
        Ok(Self {
            instance: app.settings().title.clone(),
            people: people.iter().map(|account| (account.id, Who::new(account, app, &emojis))).collect(),
            replies: store::count_replies(conn, viewer, &posts).await?.into_iter().collect(),
            audiences,
            media: media.collect(),
            polls,
            quoted,
            domains,
            emojis,
            origin: app.origin.clone(),
        })
    }

    fn view(&self, t: &Texts, status: &Status, boost: Option<&Status>, now: DateTime<Utc>) -> Option<PostView> {
        let author = self.people.get(&status.account_id)?.clone();
        let group = status.group_account_id.and_then(|id| self.people.get(&id)).cloned();
        let replies = self.replies.get(&status.id).copied().unwrap_or(0);
        let quote = self.quoted.get(&status.id).and_then(|quoted| self.quote(quoted));
        // What stands in for the quote goes where there is one.
        let content = if quote.is_some() { text::without_quote(&status.content) } else { status.content.clone() };
        let domain = self.domains.get(&status.account_id).map(String::as_str);
        let pictures = Pictures::new(&self.emojis, domain, &self.origin);
        Some(PostView {
            id: status.id,
            parent: status.in_reply_to_id,
            booster: boost.and_then(|boost| self.people.get(&boost.account_id)).filter(|who| !who.is_group).cloned(),
            audience: self.audience(t, status.audience(), &author),
            audience_class: status.audience().name(),
            author,
            group,
            url: status.url.clone(),
            content_html: pictures.html(&content),
            content,
            quote,
            spoiler: status.spoiler_text.clone(),
            spoiler_html: pictures.text(&status.spoiler_text),
            sensitive: status.sensitive,
            media: self.media.get(&status.id).cloned().unwrap_or_default(),
            poll: self.polls.get(&status.id).map(|poll| PollView::new(t, poll, &pictures, now)),
            language: language(status),
            kind_class: status.kind().name(),
            kind: kind_in_words(t, status.kind()),
            time: t.moment(status.created_at),
            time_iso: status.created_at.to_rfc3339(),
            edited: status.edited_at.map(|time| (t.moment(time), time.to_rfc3339())),
            replies: if replies > 0 { t.count("post-replies", &replies) } else { String::new() },
            depth: 0,
            focus: false,
        })
    }

    fn quote(&self, quoted: &Status) -> Option<QuoteView> {
        Some(QuoteView {
            author: self.people.get(&quoted.account_id)?.clone(),
            url: quoted.url.clone(),
            content: quoted.content.clone(),
            spoiler: quoted.spoiler_text.clone(),
            language: language(quoted),
        })
    }

    fn audience(&self, t: &Texts, audience: Audience, author: &Who) -> String {
        match audience {
            Audience::Public => t.say("audience-public"),
            Audience::Unlisted => t.say("audience-unlisted"),
            Audience::Followers => t.with("audience-followers", "name", &author.name),
            Audience::Direct => t.say("audience-direct"),
            Audience::Organisation => t.with("audience-organisation", "name", &self.instance),
            Audience::Partners => t.with("audience-partners", "name", &self.instance),
            Audience::Group(id) => {
                let group = self.audiences.get(&id).and_then(|group| self.people.get(group));
                group.map_or_else(|| t.say("audience-direct"), |group| t.with("audience-group", "name", &group.name))
            }
        }
    }
}

fn language(status: &Status) -> String {
    status.language.clone().filter(|code| text::valid_language(code)).unwrap_or_default()
}

/// What these posts quote with consent, as far as the viewer may see it and does not hide its author.
async fn load_quoted(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    shown: &[(&Status, Option<&Status>)],
) -> Result<HashMap<StatusId, Status>> {
    let looks: Vec<(Viewer, StatusId)> = shown.iter().map(|(status, _)| (viewer, status.id)).collect();
    let quotes = Quotes::load(app, conn, &looks).await?;
    let targets: Vec<StatusId> = quotes.targets().into_iter().map(|(_, id)| id).collect();
    if targets.is_empty() {
        return Ok(HashMap::new());
    }
    let seen = statuses::store::list_visible(conn, viewer, &targets).await?;
    let found = by_id(statuses::store::list_statuses(conn, &seen).await?);
    let quoted = |(_, id): &(Viewer, StatusId)| {
        let sight = quotes.sight(viewer, *id, |quoted| found.contains_key(&quoted))?;
        let quoted = sight.quoted.filter(|_| sight.state == State::Accepted.name())?;
        Some((*id, found.get(&quoted)?.clone()))
    };
    Ok(looks.iter().filter_map(quoted).collect())
}

fn kind_in_words(t: &Texts, kind: Kind) -> String {
    match kind {
        Kind::Plain => String::new(),
        Kind::Question => t.say("kind-question"),
        Kind::Resource => t.say("kind-resource"),
        Kind::TodayILearned => t.say("kind-today-i-learned"),
        Kind::Lesson => t.say("kind-lesson"),
    }
}
