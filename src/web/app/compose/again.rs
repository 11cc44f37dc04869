//! A form that was sent before, or is shown again after a while.

use super::find_group;
use super::form::Fields;
use crate::accounts::Account;
use crate::base::id::StatusId;
use crate::base::{Error, Result, secret};
use crate::scheduled;
use crate::statuses::{self, Status};
use crate::web::view::page_of;
use crate::web::visitor::Visitor;

/// Where it is, or waits, if this form was sent before: pressed twice, it makes one post. Asked first, since its files are part of that
/// post by now. Where something else was typed into it since, as after going back, it is another form from now on.
pub async fn sent_before(visitor: &Visitor, me: &Account, fields: &mut Fields) -> Result<Option<String>> {
    if fields.key.is_empty() {
        return Ok(None);
    }
    match fields.act.as_str() {
        "more" | "preview" => Ok(None),
        "later" => {
            let mut conn = visitor.app.db.get().await?;
            let waiting = scheduled::store::find_by_key(&mut conn, me.id, &fields.key).await?;
            Ok(waiting.map(|_| "/scheduled".into()))
        }
        _ => {
            let sent = statuses::ops::find_sent(&visitor.app, me, &fields.key).await?;
            if sent.as_ref().is_some_and(|status| !is_of(status, fields)) {
                fields.key = secret::generate()?;
                return Ok(None);
            }
            Ok(sent.map(|status| format!("{}/{}", page_of(me), status.id)))
        }
    }
}

/// Whether a post has the text that was typed; the hashtag of its kind or the name of a group may follow it.
fn is_of(status: &Status, fields: &Fields) -> bool {
    let text = fields.text.replace("\r\n", "\n");
    let words = statuses::ops::words(&text, &fields.warning).trim();
    let Some(rest) = status.text.strip_prefix(words) else { return false };
    let added = if words.is_empty() { Some(rest) } else { rest.strip_prefix("\n\n") };
    rest.is_empty() || added.is_some_and(|added| added.starts_with(['#', '@']))
}

/// Leaves out what was answered or quoted, or the group that was written to, where it went meanwhile: what was typed can still be sent.
/// Whether there was such. Then for whom it is must be chosen anew: beside what went, the same word may have meant fewer people.
pub async fn without_gone(visitor: &Visitor, fields: &mut Fields) -> Result<bool> {
    if fields.reply.is_empty() && fields.quote.is_empty() && fields.group.is_empty() {
        return Ok(false);
    }
    let mut gone = false;
    let wanted = |text: &str| text.parse::<StatusId>().ok();
    let posts: Vec<StatusId> = [&fields.reply, &fields.quote].into_iter().filter_map(|text| wanted(text)).collect();
    let mut conn = visitor.app.db.get().await?;
    let seen = statuses::store::list_visible(&mut conn, visitor.viewer(), &posts).await?;
    drop(conn);
    for text in [&mut fields.reply, &mut fields.quote] {
        if !text.is_empty() && wanted(text).is_none_or(|id| !seen.contains(&id)) {
            text.clear();
            gone = true;
        }
    }
    match find_group(visitor, &fields.group).await {
        Err(Error::NotFound(_) | Error::Gone(_)) => {
            fields.group.clear();
            gone = true;
        }
        found => drop(found?),
    }
    if gone {
        fields.audience = "direct".into();
    }
    Ok(gone)
}
