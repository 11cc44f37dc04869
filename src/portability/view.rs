//! Loads what pages and clients show of a person's other accounts.

use crate::accounts::{Account, store};
use crate::base::Result;
use crate::db::Conn;

/// The accounts that are the same person, as this one says: ActivityPub ids, and names as far as they are known here.
pub async fn load_aliases(conn: &mut Conn, me: &Account) -> Result<Vec<(String, Option<String>)>> {
    let uris: Vec<&str> = me.also_known_as.iter().flatten().map(String::as_str).collect();
    let known = store::list_by_uris(conn, &uris).await?;
    let acct = |uri: &str| known.iter().find(|account| account.uri == uri).map(Account::acct);
    Ok(uris.iter().map(|uri| ((*uri).to_owned(), acct(uri))).collect())
}
