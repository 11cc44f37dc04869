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
