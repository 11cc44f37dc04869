//! Files that come with what somebody writes.

use super::form::{Attached, Fields, MOST_FILES, Wrong};
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::MediaId;
use crate::base::{Error, Result};
use crate::edge::form::Files;
use crate::media::{self, Details, MediaUploaded, Shown, object, ops, state};
use crate::web::texts::Texts;
use crate::web::visitor::Visitor;

/// The names of the fields for files.
pub const NAMES: [&str; MOST_FILES] = ["file1", "file2", "file3", "file4"];

/// The ids of files that came before, without those that are to go.
pub fn ids(fields: &Fields) -> Vec<MediaId> {
    let kept = fields.media.iter().filter(|id| !fields.remove.contains(id));
    kept.filter_map(|id| id.parse().ok()).collect()
}

/// Takes what came along, and what is said of it; from then on the fields name it. `Some`: one of them cannot be taken.
pub async fn take(visitor: &Visitor, me: &Account, fields: &mut Fields, mut files: Files) -> Result<Option<Wrong>> {
    forget_removed(fields);
    let mut wrong = None;
    for (number, name) in NAMES.iter().enumerate() {
        let Some(upload) = files.remove(*name) else { continue };
        if fields.media.len() >= MOST_FILES {
            break;
        }
        let said = fields.alt.get(number).map(|alt| alt.trim().to_owned()).unwrap_or_default();
        let details = Details { description: Some(said.clone()), focus: None };
        match take_one(&visitor.app, me, upload, details).await {
            Ok(id) => {
                fields.media.push(id.to_string());
                fields.media_alt.push(said);
                if let Some(alt) = fields.alt.get_mut(number) {
                    alt.clear();
                }
            }
            Err(Error::Invalid { why, .. } | Error::TooLarge(why)) => {
                wrong = Some(Wrong { field: "file", why: visitor.texts.why(&why) });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(wrong)
}

async fn take_one(app: &App, me: &Account, upload: media::upload::Upload, details: Details) -> Result<MediaId> {
    let id = object::take(app, me.id, upload, None, details).await?;
    let find = async || ops::find_own(&mut *app.db.get().await?, me.id, id).await;
    let mut attachment = find().await?;
    if !attachment.is_ready() {
        // The job finds it done.
        object::process(app, &MediaUploaded { media_id: id }).await?;
        attachment = find().await?;
    }
    match attachment.failure.filter(|_| attachment.state == state::FAILED) {
        Some(why) => Err(Error::invalid("file", why)),
        None => Ok(id),
    }
}

fn forget_removed(fields: &mut Fields) {
    let kept = std::mem::take(&mut fields.media)
        .into_iter()
        .zip(std::mem::take(&mut fields.media_alt).into_iter().map(Some).chain(std::iter::repeat(None)));
    let kept = kept.filter(|(id, _)| !fields.remove.contains(id));
    (fields.media, fields.media_alt) = kept.map(|(id, alt)| (id, alt.unwrap_or_default())).unzip();
    fields.remove.clear();
}

/// What is said of those that came before: each with its id.
pub fn said(fields: &Fields) -> Vec<(MediaId, Details)> {
    let details = |(id, alt): (&String, &String)| {
        Some((id.parse().ok()?, Details { description: Some(alt.trim().to_owned()), focus: None }))
    };
    fields.media.iter().zip(&fields.media_alt).filter_map(details).collect()
}

/// Writes down what is newly said of files that belong to no post yet.
pub async fn describe(app: &App, me: &Account, fields: &Fields) -> Result<()> {
    for (id, details) in said(fields) {
        ops::update(app, me.id, id, &details).await?;
    }
    Ok(())
}

/// What to ask for once: a description of each file.
pub fn undescribed(t: &Texts, fields: &Fields) -> Option<Wrong> {
    let bare = fields.media_alt.iter().any(|alt| alt.trim().is_empty());
    (bare && fields.undescribed != Some(true))
        .then(|| Wrong { field: "undescribed", why: t.say("compose-undescribed-why") })
}

/// One's own files as the form shows them, in their order.
pub async fn attached(app: &App, me: &Account, fields: &Fields) -> Result<Vec<Attached>> {
    let ids = ids(fields);
    let found = media::view::load_some(&mut *app.db.get().await?, &ids).await?;
    let of = |id: &MediaId| found.iter().find(|one| one.attachment.id == *id && one.attachment.account_id == me.id);
    let description = |id: &MediaId, shown: &Shown| {
        let text = id.to_string();
        let typed = fields.media.iter().position(|one| *one == text).and_then(|at| fields.media_alt.get(at));
        typed.unwrap_or(&shown.attachment.description).clone()
    };
    let one = |id: &MediaId| {
        let shown = of(id)?;
        let preview = media::entity::preview_url(shown, &app.origin);
        Some(Attached { id: id.to_string(), preview, description: description(id, shown) })
    };
    Ok(ids.iter().filter_map(one).collect())
}
