//! Hand-written SQL whose prepared statement is cached. `diesel::sql_query` prepares anew at every call, which costs a
//! round trip and a plan; the hot queries of `store` go through [`Sql`].
//!
//! Write `$1`, `$2` … in the text; bind in that order. Give bounds that always hold (`i64::MAX`) rather than NULL: a
//! prepared plan is made for all values.

use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, SingleValue, Untyped};

/// When something may be done that is done no more often than once in a while, in a table with `due_at`: now, or so long after the last
/// time. Its row is made or moved on. `None` when that is noted already, for a moment that lies ahead.
#[macro_export]
macro_rules! claim_due {
    ($conn:expr, $table:literal, $key:literal, $id:expr, $now:expr, $pause:expr) => {{
        #[derive(diesel::QueryableByName)]
        struct Due {
            #[diesel(sql_type = diesel::sql_types::Timestamptz)]
            due_at: chrono::DateTime<chrono::Utc>,
        }
        let claimed = $crate::db::sql::Sql::new(concat!(
            "INSERT INTO ",
            $table,
            " AS c (",
            $key,
            ", due_at) VALUES ($1, $2)
             ON CONFLICT (",
            $key,
            ") DO UPDATE SET due_at = greatest($2, c.due_at + $3) WHERE c.due_at <= $2
             RETURNING due_at"
        ))
        .bind::<diesel::sql_types::BigInt, _>($id)
        .bind::<diesel::sql_types::Timestamptz, _>($now)
        .bind::<diesel::sql_types::Interval, _>($pause);
        let rows: Vec<Due> = diesel_async::RunQueryDsl::load(claimed, $conn).await?;
        Ok(rows.into_iter().next().map(|row| row.due_at))
    }};
}

/// A statement that never changes, and its values. Rows are read by `QueryableByName`.
pub struct Sql<'a> {
    text: &'static str,
    binds: Vec<Box<dyn QueryFragment<Pg> + Send + 'a>>,
}

/// One value of a statement, typed as `ST`.
struct Bind<ST, T> {
    value: T,
    sql_type: std::marker::PhantomData<fn() -> ST>,
}

impl<'a> Sql<'a> {
    pub fn new(text: &'static str) -> Self {
        Self { text, binds: Vec::new() }
    }

    /// Binds the next `$n`, as the SQL type `ST`.
    pub fn bind<ST, T>(mut self, value: T) -> Self
    where
        ST: SingleValue + 'a,
        T: ToSql<ST, Pg> + AsExpression<ST> + Send + 'a,
        Pg: HasSqlType<ST>,
    {
        self.binds.push(Box::new(Bind::<ST, T> { value, sql_type: std::marker::PhantomData }));
        self
    }
}

impl<ST, T> QueryFragment<Pg> for Bind<ST, T>
where
    T: ToSql<ST, Pg>,
    Pg: HasSqlType<ST>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only(&self.value)
    }
}

impl QueryFragment<Pg> for Sql<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.text);
        for bind in &self.binds {
            bind.walk_ast(out.reborrow())?;
        }
        Ok(())
    }
}

/// Cached by its text, not by its type.
impl QueryId for Sql<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Sql<'_> {
    type SqlType = Untyped;
}

/// Makes of a statement that asks for one viewer, `$1`, one that asks for many at once: `$1` becomes the column `me`, and `$@`,
/// where the array of viewers is meant, becomes `$1`. So what holds for one viewer is written once. See
/// [`for_each_viewer!`](crate::for_each_viewer).
///
/// `N` is the length of `text`.
#[expect(clippy::indexing_slicing, reason = "at compile time, where a mistake is an error")]
pub const fn per_viewer<const N: usize>(text: &str) -> [u8; N] {
    let from = text.as_bytes();
    let mut to = [b' '; N];
    let mut at = 0;
    while at < N {
        to[at] = from[at];
        if from[at] == b'$' && at + 1 < N {
            let longer = at + 2 < N && from[at + 2].is_ascii_digit();
            match from[at + 1] {
                b'1' if !longer => {
                    to[at] = b'm';
                    to[at + 1] = b'e';
                    at += 1;
                }
                b'@' => {
                    to[at + 1] = b'1';
                    at += 1;
                }
                _ => {}
            }
        }
        at += 1;
    }
    to
}

/// The statement for many viewers: see [`per_viewer`](crate::db::sql::per_viewer).
#[macro_export]
macro_rules! for_each_viewer {
    ($text:expr) => {{
        const TEXT: &str = $text;
        const BYTES: [u8; TEXT.len()] = $crate::db::sql::per_viewer(TEXT);
        // What was UTF-8 stays it.
        match std::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => "",
        }
    }};
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_statement_for_one_viewer_becomes_one_for_many() {
        assert_eq!(
            for_each_viewer!("SELECT $1, $10, $2 FROM unnest($@) AS v (me) WHERE $1 = 1"),
            "SELECT me, $10, $2 FROM unnest($1) AS v (me) WHERE me = 1"
        );
    }
}
