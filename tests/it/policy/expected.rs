//! The table of AUDIENCE.md, once more and by itself: who may see what. Nothing here is taken from the product.

use super::scene::SEVERED;

/// How somebody stands to the author and the others of the scene.
struct Standing {
    /// Their own posts.
    user: &'static str,
    local: bool,
    follows: &'static [&'static str],
    /// By the author's posts.
    mentioned: bool,
    member: bool,
    partner: bool,
}

const NOBODY: Standing =
    Standing { user: "", local: false, follows: &[], mentioned: false, member: false, partner: false };

/// Those who come without the right to read as themselves are strangers.
fn standing(viewer: &str) -> Standing {
    let local = Standing { local: true, ..NOBODY };
    match viewer {
        "stranger" | "requester" | "former" => local,
        "follower" => Standing { user: "follower", follows: &["author", "elsewhere"], ..local },
        "mentioned" => Standing { user: "mentioned", mentioned: true, ..local },
        "author" => Standing { user: "author", member: true, ..local },
        "member" => Standing { member: true, ..local },
        "remote_follower" => Standing { follows: &["author"], ..NOBODY },
        "remote_mentioned" => Standing { mentioned: true, ..NOBODY },
        "remote_member" => Standing { member: true, ..NOBODY },
        "partner" => Standing { partner: true, ..NOBODY },
        _ => NOBODY,
    }
}

/// A row of the table. `mentioned`: by this post.
fn table(audience: &str, author: &str, mentioned: bool, viewer: &Standing) -> bool {
    let open = match audience {
        "public" | "unlisted" => true,
        "followers" => viewer.follows.contains(&author) || mentioned,
        "direct" => mentioned,
        "organisation" => viewer.local,
        "partners" => viewer.local || viewer.partner,
        "group" => viewer.member,
        other => panic!("there is no audience {other}"),
    };
    open || viewer.user == author
}

/// Whether somebody may see a post of the scene, by whatever way.
pub fn may_see(viewer: &str, post: &str) -> bool {
    // They see nothing of the author's, and follow nobody else.
    if SEVERED.contains(&viewer) {
        return false;
    }
    let who = standing(viewer);
    match post {
        "public_group" => table("public", "author", false, &who),
        "reply" => table("followers", "follower", viewer == "author", &who),
        "elsewhere" => table("followers", "elsewhere", viewer == "mentioned", &who),
        "deleted" | "deleted_direct" | "by_suspended" | "boost_of_suspended" => false,
        "boost_of_public" => may_see(viewer, "public"),
        "boost_of_unlisted" => may_see(viewer, "unlisted"),
        "own_boost_of_followers" => table("followers", "author", false, &who) && may_see(viewer, "followers"),
        "boost_of_followers" => may_see(viewer, "followers"),
        audience => table(audience, "author", who.mentioned, &who),
    }
}

/// Servers to which a post may go.
pub fn may_go_to(post: &str, host: &str) -> bool {
    match post {
        // Those at shut.test followed the author and were mentioned, then.
        "public" | "unlisted" | "followers" | "direct" => ["peer.test", "shut.test"].contains(&host),
        "own_boost_of_followers" => ["peer.test", "shut.test"].contains(&host),
        "public_group" | "boost_of_public" | "boost_of_unlisted" => ["peer.test", "shut.test"].contains(&host),
        "partners" => host == "partner.test",
        // They went before they were deleted, or not at all.
        _ => false,
    }
}
