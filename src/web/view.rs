//! Posts as pages show them: loads what a page of them needs in a fixed number of queries.

mod acts;
mod cards;
mod filtered;
mod people;
mod polls;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

pub use acts::Acts;
pub use cards::CardView;
pub use filtered::Filtered;
pub use people::{Pictures, Who, page_of, picture};
pub use polls::PollView;

use self::cards::Cards;
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
use crate::emojis::{self, Named};
use crate::media::{self, Shown};
use crate::polls::Poll;
use crate::quotes::State;
use crate::quotes::view::Quotes;
use crate::statuses::{self, Kind, Status};

/// Characters of a post that filters look at.
const MOST_FILTERED: usize = 10_000;

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
    pub fn new(shown: &Shown, origin: &str) -> Option<Self> {
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

/// When a post was edited last.
#[derive(Clone, Debug)]
pub struct Edited {
    /// In words, and for programs.
    pub time: String,
    pub time_iso: String,
    /// Where its versions are; strangers read those of other servers there.
    pub history: Option<String>,
}

/// A post as pages show it.
#[derive(Clone, Debug)]
pub struct PostView {
    pub id: StatusId,
    /// Its place in lists: of a boost that of the boost, else the same.
    pub row: StatusId,
    pub parent: Option<StatusId>,
    pub author: Who,
    pub booster: Option<Who>,
    /// The public group in which it was posted.
    pub group: Option<Who>,
    /// Its page: for those who are signed in always here.
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
    /// What the page says to which it links; where pictures or a quote stand there is none.
    pub card: Option<CardView>,
    pub language: String,
    pub kind_class: &'static str,
    /// In words; empty for a plain post.
    pub kind: String,
    pub audience: String,
    pub audience_class: &'static str,
    pub time: String,
    pub time_iso: String,
    pub edited: Option<Edited>,
    /// How many replies, in words; empty when there are none.
    pub replies: String,
    /// How deep in a thread, for the stylesheet: 0 to 3.
    pub depth: usize,
    pub focus: bool,
    /// What whoever is signed in can do with it, and has done.
    pub acts: Option<Acts>,
    /// The first of the viewer's filters that it matches.
    pub filtered: Option<Filtered>,
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
    let mut around = Around::load(app, conn, viewer, &shown).await?;
    if viewer.0.is_some() {
        let posts: Vec<&Status> = shown.iter().map(|(status, _)| *status).collect();
        around.acts = acts::load(conn, viewer, &posts, around.polls.values(), app.now()).await?;
        for (id, quoted) in &around.quoted {
            if let Some(acts) = around.acts.get_mut(id) {
                acts.can_unquote = !acts.own && viewer.0 == Some(quoted.account_id);
            }
        }
        let looks: Vec<(StatusId, String)> = shown.iter().map(|(status, boost)| around.words(status, *boost)).collect();
        around.filtered = filtered::load(app, conn, viewer, &looks).await?;
    }
    let now = app.now();
    Ok(shown.into_iter().filter_map(|(status, boost)| around.view(t, status, boost, now)).collect())
}

/// Those who are signed in find people here, wherever they live.
fn named_for(viewer: Viewer, account: &Account, app: &App, emojis: &Emojis) -> Who {
    let who = Who::new(account, app, emojis);
    if viewer.0.is_some() && !account.is_local() { Who { url: who.page.clone(), ..who } } else { who }
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
    cards: Cards,
    domains: HashMap<AccountId, String>,
    emojis: Emojis,
    origin: String,
    signed_in: bool,
    /// Everybody sees how many did what.
    counts: bool,
    acts: HashMap<StatusId, Acts>,
    filtered: HashMap<StatusId, Filtered>,
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
        let posts: Vec<StatusId> = shown.iter().map(|(status, _)| status.id).collect();
        let cards = Cards::load(conn, &posts).await?;
        let mut people: Vec<AccountId> = audiences.values().copied().chain(cards.authors()).collect();
        people.extend(quoted.values().map(|quoted| quoted.account_id));
        for (status, boost) in shown {
            people.push(status.account_id);
            people.extend(status.group_account_id);
            people.extend(boost.map(|boost| boost.account_id));
        }
        people.sort_unstable();
        people.dedup();
        let people = accounts::store::list_accounts(conn, &people).await?;
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
            people: people.iter().map(|account| (account.id, named_for(viewer, account, app, &emojis))).collect(),
            replies: store::count_replies(conn, viewer, &posts).await?.into_iter().collect(),
            audiences,
            media: media.collect(),
            polls,
            quoted,
            cards,
            domains,
            emojis,
            origin: app.origin.clone(),
            signed_in: viewer.0.is_some(),
            counts: app.config.culture.show_counts,
            acts: HashMap::new(),
            filtered: HashMap::new(),
        })
    }

    /// What filters look at.
    fn words(&self, status: &Status, boost: Option<&Status>) -> (StatusId, String) {
        let options = self.polls.get(&status.id).map(|poll| poll.options.as_slice()).unwrap_or_default();
        let media = self.media.get(&status.id).into_iter().flatten().map(|file| file.description.as_str());
        let content = text::strip_markup_to_text_line(&status.content, MOST_FILTERED);
        let words = [status.spoiler_text.as_str(), content.as_str()].into_iter();
        let words: Vec<&str> = words.chain(media).chain(options.iter().map(String::as_str)).collect();
        (boost.map_or(status.id, |boost| boost.id), words.join("\n\n"))
    }

    /// Where a post is shown: to strangers on its own server, to those who are signed in here.
    fn url(&self, status: &Status, author: &Who) -> String {
        if self.signed_in { format!("{}/{}", author.page, status.id) } else { status.url.clone() }
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
        let row = boost.map_or(status.id, |boost| boost.id);
        let media = self.media.get(&status.id).cloned().unwrap_or_default();
        let card = self.cards.view(status, &self.people, &self.origin);
        let url = self.url(status, &author);
        let open = self.counts || self.acts.get(&status.id).is_some_and(|acts| acts.own);
        Some(PostView {
            id: status.id,
            row,
            acts: self.acts.get(&status.id).cloned(),
            filtered: self.filtered.get(&row).cloned(),
            edited: status.edited_at.map(|time| Edited {
                time: t.moment(time),
                time_iso: time.to_rfc3339(),
                history: (self.signed_in || status.local).then(|| format!("{url}/history")),
            }),
            url,
            parent: status.in_reply_to_id,
            booster: boost.and_then(|boost| self.people.get(&boost.account_id)).filter(|who| !who.is_group).cloned(),
            audience: self.audience(t, status.audience(), &author),
            audience_class: status.audience().name(),
            author,
            group,
            content_html: pictures.html(&content),
            content,
            card: card.filter(|_| quote.is_none() && media.is_empty()),
            quote,
            spoiler: status.spoiler_text.clone(),
            spoiler_html: pictures.text(&status.spoiler_text),
            sensitive: status.sensitive,
            media,
            poll: self.polls.get(&status.id).map(|poll| PollView::new(t, poll, &pictures, now, open)),
            language: language(status),
            kind_class: status.kind().name(),
            kind: kind_in_words(t, status.kind()),
            time: t.moment(status.created_at),
            time_iso: status.created_at.to_rfc3339(),
            replies: if replies > 0 { t.count("post-replies", &replies) } else { String::new() },
            depth: 0,
            focus: false,
        })
    }

    fn quote(&self, quoted: &Status) -> Option<QuoteView> {
        Some(QuoteView {
            url: self.url(quoted, self.people.get(&quoted.account_id)?),
            author: self.people.get(&quoted.account_id)?.clone(),
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

/// In which a post is written, for `lang`; may be empty.
pub fn language(status: &Status) -> String {
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
