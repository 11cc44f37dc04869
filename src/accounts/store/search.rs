//! Finds accounts by their names.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;

use crate::accounts::Account;
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::sql::Sql;

/// Accounts that have words in their names, and are put into order, at most.
const MOST_BY_WORDS: i64 = 500;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Name<'a> {
    /// What a name begins with, in lower case.
    pub start: &'a str,
    /// The `tsquery` for the words in a name.
    pub words: Option<&'a str>,
    /// What the domain begins with; may be empty.
    pub domain: &'a str,
    /// The domain of those who are here.
    pub own_domain: &'a str,
    /// Only those whom whoever searches follows.
    pub following: bool,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: AccountId,
}

/// Whether whoever searches (`$1`) may find the account `a`: they do not block one another, and it is no instance's own actor. Of half
/// a handle: its domain begins with `$domain`, where `$own` is that of those who are here.
macro_rules! findable {
    () => {
        "a.suspended_at IS NULL AND a.actor_type <> 'Application'
         AND a.id NOT IN (SELECT b.target_account_id FROM blocks b WHERE b.account_id = $1
                          UNION ALL SELECT b.account_id FROM blocks b WHERE b.target_account_id = $1)"
    };
    ($domain:literal, $own:literal) => {
        concat!(findable!(), " AND starts_with(coalesce(a.domain, ", $own, "), ", $domain, ")")
    };
}

/// Whether words in the names of the account `a` begin with those of the query `$2`: as the index has it.
macro_rules! named {
    () => {
        "to_tsvector('simple', translate(a.display_name || ' ' || a.username, '.-/_@:''', '       '))
         @@ to_tsquery('simple', $2)"
    };
}

/// Walks along indexes, each as long as the pages that are wanted, and over those whom one follows. Between two texts, since a
/// prepared plan for LIKE with a pattern that it does not know has no use for an index.
macro_rules! by_name {
    ($findable:expr) => {
        concat!(
            "SELECT id FROM (
                 (SELECT a.id, 0 AS rank, '' AS name FROM accounts a
                  WHERE lower(a.username) = $4 AND (NOT $6 OR (SELECT true FROM follows f WHERE f.account_id = $1
                      AND f.target_account_id = a.id AND f.accepted_at IS NOT NULL)) AND ",
            $findable,
            " LIMIT $3)
                 UNION ALL
                 (SELECT a.id, 1, lower(a.username) FROM follows f
                  CROSS JOIN LATERAL (SELECT * FROM accounts o WHERE o.id = f.target_account_id LIMIT 1) a
                  WHERE f.account_id = $1 AND f.accepted_at IS NOT NULL
                    AND (lower(a.username) ~>=~ $4 AND lower(a.username) ~<~ $5
                         OR lower(a.display_name) ~>=~ $4 AND lower(a.display_name) ~<~ $5 OR ",
            named!(),
            ") AND ",
            $findable,
            ")
                 UNION ALL
                 (SELECT a.id, 2, lower(a.username) FROM accounts a
                  WHERE NOT $6 AND a.discoverable AND lower(a.username) ~>=~ $4 AND lower(a.username) ~<~ $5 AND ",
            $findable,
            " ORDER BY lower(a.username) USING ~<~ LIMIT $3)
                 UNION ALL
                 (SELECT a.id, 2, lower(a.display_name) FROM accounts a
                  WHERE NOT $6 AND a.discoverable AND lower(a.display_name) ~>=~ $4 AND lower(a.display_name) ~<~ $5 AND ",
            $findable,
            " ORDER BY lower(a.display_name) USING ~<~ LIMIT $3)) found
             GROUP BY id ORDER BY min(rank), bool_or(rank = 1) DESC, min(name COLLATE \"C\"), id LIMIT $3"
        )
    };
}

/// Accounts for a name. First those of exactly this name; then those that `me` (0: nobody) follows, by any word of their names;
/// then those that want to be found and whose name, or the name people read, begins with this text, by name.
pub async fn search(conn: &mut Conn, me: AccountId, name: &Name<'_>, most: i64) -> QueryResult<Vec<AccountId>> {
    let half = !name.domain.is_empty();
    let mut asked = Sql::new(if half { by_name!(findable!("$7", "$8")) } else { by_name!(findable!()) })
        .bind::<BigInt, _>(me)
        .bind::<Nullable<Text>, _>(name.words)
        .bind::<BigInt, _>(most)
        .bind::<Text, _>(name.start)
        .bind::<Text, _>(format!("{}{}", name.start, char::MAX))
        .bind::<Bool, _>(name.following);
    if half {
        asked = asked.bind::<Text, _>(name.domain).bind::<Text, _>(name.own_domain);
    }
    let rows: Vec<Found> = asked.load(conn).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

macro_rules! by_words {
    ($findable:expr) => {
        concat!(
            "SELECT id FROM (SELECT a.id, lower(a.display_name) AS name FROM accounts a WHERE a.discoverable AND ",
            named!(),
            " AND ",
            $findable,
            " LIMIT $3) found ORDER BY name COLLATE \"C\", id"
        )
    };
}

/// Accounts that want to be found, by any word of their names, in the order of the names that people read. The index reads all that
/// have such words: so this comes after [`search`], when that did not find enough.
pub async fn search_words(conn: &mut Conn, me: AccountId, name: &Name<'_>) -> QueryResult<Vec<AccountId>> {
    let half = !name.domain.is_empty();
    let mut asked = Sql::new(if half { by_words!(findable!("$4", "$5")) } else { by_words!(findable!()) })
        .bind::<BigInt, _>(me)
        .bind::<Nullable<Text>, _>(name.words)
        .bind::<BigInt, _>(MOST_BY_WORDS);
    if half {
        asked = asked.bind::<Text, _>(name.domain).bind::<Text, _>(name.own_domain);
    }
    let rows: Vec<Found> = asked.load(conn).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The accounts with these handles: user names in lower case, and for each its domain, which is empty for people here.
pub async fn list_named(conn: &mut Conn, names: &[String], domains: &[&str]) -> QueryResult<Vec<Account>> {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Nullable<BigInt>)]
        id: Option<AccountId>,
    }
    let rows: Vec<Named> = Sql::new(
        "SELECT CASE n.domain
             WHEN '' THEN (SELECT a.id FROM accounts a WHERE lower(a.username) = n.name AND a.domain IS NULL)
             ELSE (SELECT a.id FROM accounts a WHERE lower(a.username) = n.name AND a.domain = n.domain) END AS id
         FROM unnest($1, $2) AS n (name, domain)",
    )
    .bind::<Array<Text>, _>(names)
    .bind::<Array<Text>, _>(domains)
    .load(conn)
    .await?;
    let ids: Vec<AccountId> = rows.into_iter().filter_map(|row| row.id).collect();
    if ids.is_empty() { Ok(Vec::new()) } else { super::list_accounts(conn, &ids).await }
}
