//! People and groups as lists on pages show them: who they are, the beginning of what they say of themselves, a button to follow.

use std::collections::HashMap;

use crate::accounts::{self, Account, ActorType};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::base::text;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::emojis::{self, Named};
use crate::relationships::{self, Standing};
use crate::web::view::{Who, page_of};

/// Letters of what somebody says of themselves.
const MOST_ABOUT: usize = 140;

/// How the visitor stands to somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bond {
    /// They cannot follow: strangers, oneself, where one blocks the other.
    #[default]
    None,
    Open,
    Asked,
    Follows,
}

/// Somebody on a list.
#[derive(Clone, Debug)]
pub struct PersonView {
    pub id: AccountId,
    pub who: Who,
    /// Their page here.
    pub path: String,
    pub about: String,
    /// Why they are shown; may be empty.
    pub reason: String,
    pub bond: Bond,
}

impl PersonView {
    pub fn is_open(&self) -> bool {
        self.bond == Bond::Open
    }

    pub fn is_asked(&self) -> bool {
        self.bond == Bond::Asked
    }

    pub fn is_followed(&self) -> bool {
        self.bond == Bond::Follows
    }
}

fn bond(account: &Account, standing: Option<&Standing>, viewer: Viewer) -> Bond {
    match standing {
        Some(standing) if standing.following => Bond::Follows,
        Some(standing) if standing.requested => Bond::Asked,
        Some(standing) => {
            let parted = standing.blocking || standing.blocked_by || standing.domain_blocking;
            let closed = parted || account.moved_to_uri.is_some() || viewer.0 == Some(account.id);
            if closed { Bond::None } else { Bond::Open }
        }
        None => Bond::None,
    }
}

/// Accounts as lists show them, in the order of `ids`, in three queries. Those that are suspended are left out.
pub async fn load(app: &App, conn: &mut Conn, viewer: Viewer, ids: &[AccountId]) -> Result<Vec<PersonView>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut accounts = accounts::store::list_accounts(conn, ids).await?;
    accounts.retain(|account| !account.is_suspended() && account.actor_type != ActorType::Application.as_str());
    let named: Vec<Named> = accounts.iter().map(accounts::entity::named).collect();
    let emojis = emojis::view::load(app, conn, &named).await?;
    let standings = match viewer.0 {
        Some(me) => relationships::store::list_standings(conn, me, ids, app.now()).await?,
        None => Vec::new(),
    };
    let standings: HashMap<AccountId, Standing> = standings.into_iter().map(|one| (one.id, one)).collect();
    let view = |account: &Account| PersonView {
        id: account.id,
        who: Who::new(account, app, &emojis),
        path: page_of(account),
        about: text::strip_markup_to_text_line(&account.note, MOST_ABOUT),
        reason: String::new(),
        bond: bond(account, standings.get(&account.id), viewer),
    };
    let views: HashMap<AccountId, PersonView> = accounts.iter().map(|account| (account.id, view(account))).collect();
    Ok(ids.iter().filter_map(|id| views.get(id).cloned()).collect())
}
