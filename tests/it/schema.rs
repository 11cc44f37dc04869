//! The migrations: every foreign key is indexed and says what a delete does; each migration can be taken back; the code's idea
//! of the tables is the database's.

use std::collections::BTreeSet;
use std::fs;

use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::MigrationHarness;
use pollen::db::MIGRATIONS;
use tokio_postgres::Client;

use crate::support::{TestDatabase, migration_folders};

/// Foreign keys whose columns no index begins with: a delete of what they point at would read the whole table.
async fn unindexed_foreign_keys(client: &Client) -> Vec<String> {
    let rows = client
        .query(
            "SELECT c.conrelid::regclass || '.' || c.conname FROM pg_constraint c
             WHERE c.contype = 'f' AND NOT EXISTS (
                 SELECT 1 FROM pg_index i
                 WHERE i.indrelid = c.conrelid AND i.indisvalid
                   AND (SELECT array_agg(k ORDER BY k) FROM unnest(c.conkey) k)
                     = (SELECT array_agg(k ORDER BY k) FROM unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) k)
                   -- Nulls need not be in it: no delete looks for them.
                   AND (i.indpred IS NULL OR (cardinality(c.conkey) = 1 AND pg_get_expr(i.indpred, i.indrelid)
                     = format('(%I IS NOT NULL)', (SELECT attname FROM pg_attribute
                         WHERE attrelid = c.conrelid AND attnum = c.conkey[1])))))
             ORDER BY 1",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// As a kill in the middle of CREATE INDEX CONCURRENTLY leaves it.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_left_half_built_is_built_anew() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let broken = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'tags_told_id'::regclass;
        DELETE FROM __diesel_schema_migrations WHERE version = '20261129000501'";
    client.batch_execute(broken).await.unwrap();
    assert_eq!(pollen::db::migrate(&database.url).await.unwrap(), ["20261129000501"]);
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'tags_told_id'::regclass";
    assert!(client.query_one(valid, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_foreign_key_is_indexed() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    assert_eq!(unindexed_foreign_keys(&client).await, Vec::<String>::new());
    client
        .batch_execute(
            "CREATE TABLE planted (id bigint PRIMARY KEY, other bigint REFERENCES accounts (id) ON DELETE CASCADE);
             CREATE INDEX ON planted (id, other); CREATE INDEX ON planted (other) WHERE id > 3;",
        )
        .await
        .unwrap();
    assert_eq!(unindexed_foreign_keys(&client).await, ["planted.planted_other_fkey"]);
    client.batch_execute("CREATE INDEX ON planted (other) WHERE other IS NOT NULL").await.unwrap();
    assert_eq!(unindexed_foreign_keys(&client).await, Vec::<String>::new());
}

/// Lines of a migration with a reference that leaves it open what a delete does.
fn silent_references(sql: &str) -> Vec<String> {
    let bare = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let words: Vec<String> = bare.flat_map(str::split_whitespace).map(str::to_uppercase).collect();
    let mut silent = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if word != "REFERENCES" {
            continue;
        }
        // Up to the end of the column or the table.
        let mut depth = 0_i32;
        let mut clause = String::new();
        for letter in words[index..].join(" ").chars() {
            match letter {
                '(' => depth += 1,
                ')' => depth -= 1,
                ',' | ';' if depth == 0 => break,
                _ => {}
            }
            if depth < 0 {
                break;
            }
            clause.push(letter);
        }
        if !clause.contains(" ON DELETE ") {
            silent.push(clause);
        }
    }
    silent
}

#[test]
fn every_reference_says_what_a_delete_does() {
    for folder in migration_folders() {
        let sql = fs::read_to_string(folder.join("up.sql")).unwrap();
        assert_eq!(silent_references(&sql), Vec::<String>::new(), "{}", folder.display());
    }
    let planted = "CREATE TABLE a (b bigint REFERENCES c (d), -- ON DELETE CASCADE
        e bigint REFERENCES f (g, h) ON DELETE SET NULL, i bigint REFERENCES j)";
    assert_eq!(silent_references(planted), ["REFERENCES C (D)", "REFERENCES J"]);
}

/// All that a schema is, as lines that can be compared. diesel's own table of migrations is left out.
async fn describe(client: &Client) -> BTreeSet<String> {
    let parts = [
        // Places are counted without columns that were dropped.
        "SELECT 'column ' || c.relname || '.' || a.attname || ' '
            || row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || ' ' || a.attidentity::text || a.attgenerated::text
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')",
        "SELECT 'relation ' || relname || ' ' || relkind::text || ' ' || relpersistence::text || ' '
            || coalesce(reloptions::text, '')
         FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        "SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT 'view ' || viewname || ' ' || definition FROM pg_views WHERE schemaname = 'public'",
        "SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p
         WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
           AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e')",
        "SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT 'type ' || typname || ' ' || coalesce((SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder)
            FROM pg_enum WHERE enumtypid = t.oid), typtype::text)
         FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')",
        "SELECT 'extension ' || extname FROM pg_extension",
    ];
    let mut lines = BTreeSet::new();
    for part in parts {
        let rows = client.query(part, &[]).await.unwrap();
        lines.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    }
    lines.retain(|line| !line.contains("__diesel_schema_migrations"));
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn each_migration_goes_up_down_and_up_again() {
    let database = TestDatabase::empty().await;
    let client = database.client().await;
    let mut harness = AsyncMigrationHarness::new(AsyncPgConnection::establish(&database.url).await.unwrap());
    for folder in migration_folders() {
        let name = folder.display();
        let before = describe(&client).await;
        harness.run_next_migration(MIGRATIONS).unwrap();
        let after = describe(&client).await;
        harness.revert_last_migration(MIGRATIONS).unwrap();
        assert_same(&before, &describe(&client).await, &format!("{name}: down does not undo up"));
        harness.run_next_migration(MIGRATIONS).unwrap();
        assert_same(&after, &describe(&client).await, &format!("{name}: up differs the second time"));
    }
    assert!(!harness.has_pending_migration(MIGRATIONS).unwrap());
}

fn assert_same(expected: &BTreeSet<String>, found: &BTreeSet<String>, what: &str) {
    let missing: Vec<&String> = expected.difference(found).collect();
    let extra: Vec<&String> = found.difference(expected).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{what}\nmissing: {missing:#?}\nextra: {extra:#?}");
}

/// What the code believes: `table.column Type` for each column, `table (key)` for each primary key.
fn columns_in_code(source: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for table in source.split("diesel::table! {").skip(1) {
        let (head, rest) = table.split_once('{').unwrap();
        // What stands before the name says where a type of Postgres's own comes from.
        let (name, key) = head.trim().lines().last().unwrap().trim().split_once(' ').unwrap();
        lines.insert(format!("{name} {key}"));
        let mut renamed = None;
        for line in rest.split('}').next().unwrap().lines().map(str::trim) {
            if let Some(attribute) = line.strip_prefix("#[sql_name = \"") {
                renamed = attribute.strip_suffix("\"]").map(str::to_owned);
            } else if let Some((column, sql_type)) = line.trim_end_matches(',').split_once(" -> ") {
                let column = renamed.take().unwrap_or_else(|| column.to_owned());
                lines.insert(format!("{name}.{column} {sql_type}"));
            }
        }
    }
    lines
}

/// The same of the database.
async fn columns_in_database(client: &Client) -> BTreeSet<String> {
    let columns = client
        .query(
            "SELECT c.relname::text, a.attname::text, t.typname::text, a.attnotnull
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             JOIN pg_type t ON t.oid = a.atttypid
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
               AND c.relname <> '__diesel_schema_migrations'",
            &[],
        )
        .await
        .unwrap();
    let mut lines = BTreeSet::new();
    for row in columns {
        let (table, column, name): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let mut capitals = name.trim_start_matches('_').to_owned();
        capitals[..1].make_ascii_uppercase();
        // As print-schema does: an element of an array may always be null.
        let whole = if name.starts_with('_') { format!("Array<Nullable<{capitals}>>") } else { capitals };
        let whole = if row.get(3) { whole } else { format!("Nullable<{whole}>") };
        lines.insert(format!("{table}.{column} {whole}"));
    }
    let keys = client
        .query(
            "SELECT c.conrelid::regclass || ' (' || string_agg(a.attname, ', ' ORDER BY k.place) || ')'
             FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY k (number, place), pg_attribute a
             WHERE c.contype = 'p' AND c.connamespace = 'public'::regnamespace AND a.attrelid = c.conrelid
               AND a.attnum = k.number AND c.conrelid::regclass::text <> '__diesel_schema_migrations'
             GROUP BY c.oid, c.conrelid",
            &[],
        )
        .await
        .unwrap();
    lines.extend(keys.iter().map(|row| row.get::<_, String>(0)));
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_knows_the_tables_as_they_are() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let source = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/schema.rs")).unwrap();
    let code = columns_in_code(&source);
    assert!(code.contains("nodes (id)") && code.contains("nodes.id Int2"), "schema.rs is not read: {code:#?}");
    assert_same(&columns_in_database(&client).await, &code, "src/db/schema.rs does not match the migrations");
}

/// Tables that no page of posts which is kept in memory is made of, nor the worth of a token. A table that is, says what changes by a
/// trigger `row_changed` (see `db::freshness`).
const NOT_KEPT: &str =
    "account_keys active_days account_moves account_notes account_proof_keys announcement_reactions announcement_reads announcements
    appeals audiences account_warnings audit_log canonical_email_blocks card_authors cards collection_checks collection_items collections conversation_statuses
    conversations deliveries domain_allows
    email_domain_block_days email_domain_blocks emoji_walks endorsements featured_tags field_checks follower_digests
    idempotency_keys imports instance_settings ip_blocks jobs made_groups markers media_files nodes
    notification_permissions notification_policies notification_requests notifications oauth_applications oauth_codes
    outgoing_activities person_activity person_preferences push_keys push_subscriptions received_activities remote_proof_keys report_notes
    reports row_changes scheduled_statuses sessions severances
    status_cards status_edits status_hosts status_search suggestion_dismissals tags thread_reads tombstones
    invitation_uses invitations known_browsers mail_links passkeys recovery_codes sign_in_steps totp_keys wrong_guesses";

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_kept_pages_are_made_of_say_when_they_change() {
    let database = TestDatabase::new().await;
    let query = "SELECT c.relname::text FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '__diesel_schema_migrations'
          AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'row_changed')";
    let silent: BTreeSet<String> =
        database.client().await.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let listed: BTreeSet<String> = NOT_KEPT.split_whitespace().map(str::to_owned).collect();
    assert_eq!(
        silent, listed,
        "a table says by a trigger what changes, or is listed as one that nothing kept is made of"
    );
}
