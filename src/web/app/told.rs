//! Announcements on home: what those who run the instance tell everyone, what people react with, and putting them away.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::{home, marks};
use crate::announcements::view::Waiting;
use crate::announcements::{self, MOST_REACTIONS, Reaction};
use crate::app::App;
use crate::base::id::{AccountId, AnnouncementId};
use crate::base::{Error, Result, text};
use crate::db::Conn;
use crate::edge::params::Form;
use crate::web::texts::Texts;
use crate::web::view::{Pictures, picture};
use crate::web::visitor::Visitor;

/// Offered to those who look for one; any other can be typed.
const USUAL: [&str; 6] = ["👍", "❤️", "🎉", "😄", "🤔", "👀"];

/// An announcement as home shows it.
pub struct Told {
    pub id: AnnouncementId,
    /// HTML.
    pub content: String,
    pub reactions: Vec<Given>,
    /// Emoji that can be chosen, of which nobody has thought so far; none, when there is no room for more.
    pub usual: Vec<&'static str>,
    /// What was typed, and why it cannot be.
    pub refused: Option<(String, String)>,
}

/// What some people react with.
pub struct Given {
    pub name: String,
    /// HTML.
    pub emoji: String,
    pub count: i64,
    /// The same in words.
    pub words: String,
    /// The reader is one of them.
    pub mine: bool,
}

/// A reaction that cannot be taken.
pub struct Refused {
    id: AnnouncementId,
    typed: String,
    why: String,
}

/// What somebody was told and has not put away.
pub(super) async fn load(
    app: &App,
    conn: &mut Conn,
    t: &Texts,
    me: AccountId,
    refused: Option<Refused>,
) -> Result<Vec<Told>> {
    let (waiting, emojis) = announcements::view::load_waiting(app, conn, me).await?;
    let pictures = Pictures::new(&emojis, None, &app.origin);
    let told = |Waiting { row, reactions }: Waiting| {
        let is_full = i64::try_from(reactions.len()).is_ok_and(|many| many >= MOST_REACTIONS);
        let is_new = |emoji: &&str| !is_full && reactions.iter().all(|one| one.name != *emoji);
        Told {
            id: row.id,
            content: pictures.html(&row.content),
            usual: USUAL.into_iter().filter(is_new).collect(),
            reactions: reactions.iter().map(|one| given(app, t, one)).collect(),
            refused: refused
                .as_ref()
                .filter(|refused| refused.id == row.id)
                .map(|refused| (refused.typed.clone(), refused.why.clone())),
        }
    };
    Ok(waiting.into_iter().map(told).collect())
}

fn given(app: &App, t: &Texts, one: &Reaction) -> Given {
    let emoji = one.emoji.as_ref();
    Given {
        name: one.name.clone(),
        emoji: emoji.map_or_else(|| text::escape_html(&one.name), |emoji| picture(emoji, &app.origin)),
        count: one.count,
        words: t.count("told-reacted", &one.count),
        mine: one.me,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Act {
    token: String,
    /// An emoji, or the name of one of ours.
    add: String,
    remove: String,
}

fn id_in(path: &str) -> Result<AnnouncementId> {
    path.parse().map_err(|_| Error::NotFound("Page"))
}

/// POST /announcements/ID/dismiss: one has read it.
pub async fn put_away(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Act>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    announcements::ops::dismiss(&visitor.app, visitor.me()?.id, id_in(&path)?).await?;
    Ok(crate::web::see_other("/"))
}

/// POST /announcements/ID/reactions: one reacts, or takes that back.
pub async fn react(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Act>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    let (app, me, id) = (&visitor.app, visitor.me()?.id, id_in(&path)?);
    // People write the names of emoji as they stand in texts.
    let name = form.add.trim().trim_matches(':');
    let done = if form.remove.is_empty() {
        announcements::ops::react(app, me, id, name).await
    } else {
        match announcements::ops::take_back(app, me, id, &form.remove).await {
            // It was taken back a moment ago, in another window.
            Err(Error::NotFound(_)) => Ok(()),
            done => done,
        }
    };
    match done {
        Ok(()) => Ok(crate::web::see_other(&format!("/#told-{id}"))),
        Err(Error::Invalid { why, .. }) => {
            let refused = Refused { id, why: visitor.texts.why(&why), typed: form.add };
            home::page(&visitor, &marks::Query::default(), Some(refused)).await
        }
        Err(error) => Err(error),
    }
}
