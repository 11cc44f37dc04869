//! For whom a post may be that quotes another.

use super::publish::narrowed;
use crate::accounts::Account;
use crate::base::visibility::Audience;
use crate::base::{Error, Result};
use crate::statuses::Status;

/// The audience of a post that quotes another, which its author may do (AUDIENCE rule 5). What is for followers is quoted for
/// followers, what stays within an organisation or a private group stays there. A message quotes somebody whom it names.
pub(super) fn audience(
    wanted: Audience,
    author: &Account,
    quoted: &Status,
    mentioned: &[Account],
    answers: bool,
) -> Result<Audience> {
    let no = |why: &str| Err(Error::invalid("quoted_status_id", why));
    let own = quoted.account_id == author.id;
    let audience = match quoted.audience() {
        Audience::Public | Audience::Unlisted => wanted,
        followers @ Audience::Followers => narrowed(wanted, Some(followers)),
        closed if wanted == closed => closed,
        _ if wanted == Audience::Direct || answers => {
            return no("is of a post that can only be quoted where it stands: within its organisation or group");
        }
        closed => closed,
    };
    match audience {
        Audience::Direct if !own && mentioned.iter().all(|account| account.id != quoted.account_id) => {
            no("is of somebody whom the message does not mention")
        }
        Audience::Organisation | Audience::Partners | Audience::Group(_) if !quoted.local => {
            no("is of somebody elsewhere, whose server must not know of this post")
        }
        audience => Ok(audience),
    }
}
