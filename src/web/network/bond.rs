//! How a visitor stands to whose page they look at: what they do with each other, and can do.

use std::collections::BTreeSet;

use crate::accounts::Account;
use crate::base::Result;
use crate::base::id::{AccountId, CollectionId, CollectionItemId, ListId};
use crate::collections::{Collection, Item};
use crate::db::Conn;
use crate::lists;
use crate::relationships::{self, Standing};
use crate::web::view::PostView;
use crate::web::visitor::Visitor;

/// A list of the visitor's, and whether somebody is on it.
pub struct ListMark {
    pub id: ListId,
    pub title: String,
    pub on: bool,
}

/// A collection of the visitor's, and the place that somebody has in it.
pub struct CollectionMark {
    pub id: CollectionId,
    pub name: String,
    pub item: Option<CollectionItemId>,
}

/// How the visitor stands to whose page it is; only for those who are signed in, and not for oneself.
pub struct Bond {
    pub standing: Standing,
    pub can_follow: bool,
    pub muted_until: Option<String>,
    pub lists: Vec<ListMark>,
    pub collections: Vec<CollectionMark>,
    /// Languages of posts that are likely to be wanted or not, and all others, each by code and name.
    pub languages: Vec<LanguageMark>,
    pub other_languages: Vec<(&'static str, String)>,
}

/// A language, and whether posts in it are wanted.
pub struct LanguageMark {
    pub code: String,
    pub name: String,
    pub on: bool,
}

/// How the visitor stands to an account, of which these posts are shown.
pub(super) async fn load(
    visitor: &Visitor,
    conn: &mut Conn,
    account: &Account,
    posts: &[PostView],
) -> Result<Option<Bond>> {
    let (app, t) = (&visitor.app, &visitor.texts);
    let Some(me) = visitor.viewer().0.filter(|me| *me != account.id) else { return Ok(None) };
    let standing = relationships::store::list_standings(conn, me, &[account.id], app.now()).await?.pop();
    let Some(standing) = standing else { return Ok(None) };
    let mut marks = Vec::new();
    if standing.following || standing.requested {
        let on = lists::store::list_with_member(conn, me, account.id).await?;
        let mark = |list: lists::List| {
            let on = on.iter().any(|one| one.id == list.id);
            ListMark { id: list.id, title: list.title, on }
        };
        marks = lists::store::list_lists(conn, me).await?.into_iter().map(mark).collect();
    }
    let (languages, other_languages) =
        if standing.following { languages(visitor, &standing, posts) } else { (Vec::new(), Vec::new()) };
    let parted = standing.blocking || standing.blocked_by || standing.domain_blocking;
    Ok(Some(Bond {
        can_follow: !parted && account.moved_to_uri.is_none(),
        collections: load_marks(conn, me, account).await?,
        muted_until: standing.muting_expires_at.map(|at| t.moment(at)),
        standing,
        lists: marks,
        languages,
        other_languages,
    }))
}

async fn load_marks(conn: &mut Conn, me: AccountId, account: &Account) -> Result<Vec<CollectionMark>> {
    let found = crate::collections::store::list_with_place(conn, me, account.id).await?.into_iter();
    let mark = |(collection, place): (Collection, Option<Item>)| CollectionMark {
        id: collection.id,
        name: collection.name,
        item: place.map(|item| item.id),
    };
    Ok(found.map(mark).collect())
}

/// The languages that were chosen, those that the visitor reads and writes, and those of the posts that are shown; then all others.
fn languages(
    visitor: &Visitor,
    standing: &Standing,
    posts: &[PostView],
) -> (Vec<LanguageMark>, Vec<(&'static str, String)>) {
    let t = &visitor.texts;
    let chosen: BTreeSet<String> = standing.languages.iter().flatten().flatten().cloned().collect();
    let own = visitor.person.as_ref().and_then(|(_, user)| user.default_language.clone());
    // A language that is chosen goes for all places where it is spoken.
    let of_posts =
        posts.iter().filter(|post| post.booster.is_none()).filter_map(|post| post.language.split('-').next());
    let mut likely = chosen.clone();
    likely.extend(own.into_iter().chain([t.code()]).chain(of_posts.map(str::to_owned)).filter(|code| !code.is_empty()));
    let (near, far): (Vec<_>, Vec<_>) = t.languages_written().into_iter().partition(|(code, _)| likely.contains(*code));
    let mark = |code: &str, name: String| LanguageMark { code: code.to_owned(), name, on: chosen.contains(code) };
    let mut marks: Vec<LanguageMark> = near.into_iter().map(|(code, name)| mark(code, name)).collect();
    // What has no name here was chosen in an app.
    let unnamed: Vec<&String> = chosen.iter().filter(|code| marks.iter().all(|mark| mark.code != **code)).collect();
    let unnamed: Vec<LanguageMark> = unnamed.into_iter().map(|code| mark(code, code.clone())).collect();
    marks.extend(unnamed);
    (marks, far)
}
