//! How lists that were brought along read in the client API, and the lists that one takes along: CSV in Mastodon's formats.
//! Pure.

use serde_json::{Value, json};

use super::{Entry, Failure, Import, ListKind};
use crate::accounts::entity::time;
use crate::base::activitystreams as read;
use crate::base::handle::{Handle, normalise_domain};
use crate::base::text;
use crate::lists::MOST_TITLE;

/// An import with how far it is.
pub fn import(import: &Import) -> Value {
    let state = match import.finished_at {
        Some(_) => "finished",
        None if import.processed > 0 => "running",
        None => "waiting",
    };
    json!({
        "id": import.id,
        "type": import.kind,
        "mode": import.mode,
        "state": state,
        "total": import.total,
        "processed": import.processed,
        "imported": import.imported,
        "failures": import.failures,
        "created_at": time(import.created_at),
        "finished_at": import.finished_at.map(time),
    })
}

/// A line of a CSV file.
pub fn line(fields: &[&str]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory cannot fail.
    let written = writer.write_record(fields).ok().and_then(|()| writer.into_inner().ok());
    written.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// The fields of a CSV line; `None` when its quotes are not closed, which the reader would do by itself. A field with a line break
/// in it is no handle.
fn fields(line: &str) -> Option<Vec<String>> {
    if line.matches('"').count() % 2 == 1 {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(str::to_owned).collect())
}

/// Reads a list as Mastodon writes it, with the line that names the columns or without. Lines that cannot be read are
/// failures; empty ones are nothing.
pub fn parse_list(kind: ListKind, data: &str) -> (Vec<Entry>, Vec<Failure>) {
    let (mut entries, mut failures) = (Vec::new(), Vec::new());
    let mut columns: Vec<String> = Vec::new();
    for (number, text) in data.trim_start_matches('\u{feff}').lines().enumerate() {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let fields = fields(text).unwrap_or_default();
        let first = fields.first().map_or("", String::as_str);
        let heads = ["account address", "list name"];
        let is_head = heads.iter().any(|head| first.eq_ignore_ascii_case(head)) || first.starts_with('#');
        if number == 0 && is_head {
            columns = fields.iter().map(|name| name.to_ascii_lowercase()).collect();
            continue;
        }
        match entry(kind, number + 1, &fields, &columns) {
            Ok(entry) => entries.push(entry),
            Err(error) => {
                let text = text.chars().take(200).collect();
                failures.push(Failure { line: number + 1, text, error: error.into() });
            }
        }
    }
    (entries, failures)
}

/// Whom, or what, a field names.
fn name(kind: ListKind, field: &str) -> Result<String, &'static str> {
    match kind {
        ListKind::DomainBlocks => normalise_domain(field).ok_or("is not a domain"),
        ListKind::Bookmarks => {
            let usable = field.len() <= read::LONGEST_ID && read::host(field).is_some();
            if usable { Ok(field.to_owned()) } else { Err("is not the address of a post") }
        }
        ListKind::Following | ListKind::Blocks | ListKind::Mutes | ListKind::Lists => {
            let handle: Handle = field.parse().map_err(|_| "is not an account's address, such as name@example.org")?;
            Ok(match handle.domain {
                Some(domain) => format!("{}@{domain}", handle.username),
                None => handle.username,
            })
        }
    }
}

fn entry(kind: ListKind, line: usize, fields: &[String], columns: &[String]) -> Result<Entry, &'static str> {
    let first = fields.first().map(String::as_str).filter(|first| !first.is_empty());
    let first = first.ok_or("the quotes are not closed, or the first column is empty")?;
    let (list, named) = match kind {
        ListKind::Lists => {
            let second = fields.get(1).ok_or("has no second column, with an account's address")?;
            (Some(title(first)?), second.as_str())
        }
        _ => (None, first),
    };
    let name = name(kind, named)?;
    // Without names, the columns stand in Mastodon's order.
    let column = |name: &str, place: usize| {
        let place = if columns.is_empty() { Some(place) } else { columns.iter().position(|column| column == name) };
        place.and_then(|place| fields.get(place)).map(String::as_str).filter(|text| !text.is_empty())
    };
    let flag = |text: Option<&str>| match text.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err("has a column that is neither true nor false"),
    };
    let mut entry =
        Entry { line, name, list, show_reblogs: None, notify: None, languages: None, hide_notifications: None };
    match kind {
        ListKind::Following => {
            entry.show_reblogs = flag(column("show boosts", 1))?;
            entry.notify = flag(column("notify on new posts", 2))?;
            entry.languages = column("languages", 3)
                .map(|text| text.split([',', ' ']).filter(|code| !code.is_empty()).map(str::to_owned).collect());
            if entry.languages.iter().flatten().any(|code| !text::valid_language(code)) {
                return Err("has something among the languages that is no language code");
            }
        }
        ListKind::Mutes => entry.hide_notifications = flag(column("hide notifications", 1))?,
        ListKind::Blocks | ListKind::DomainBlocks | ListKind::Lists | ListKind::Bookmarks => {}
    }
    Ok(entry)
}

/// The title of a list, as it can be.
fn title(field: &str) -> Result<String, &'static str> {
    if field.chars().count() > MOST_TITLE { Err("has a title that is too long") } else { Ok(field.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_mastodon_are_read_with_their_columns() {
        let data = "Account address,Show boosts,Notify on new posts,Languages\n\
                    ben@globex.test,false,true,\"en, de\"\n\nada,true,false,\n";
        let (entries, failures) = parse_list(ListKind::Following, data);
        assert_eq!(failures, []);
        assert_eq!((entries[0].line, entries[0].name.as_str()), (2, "ben@globex.test"));
        assert_eq!((entries[0].show_reblogs, entries[0].notify), (Some(false), Some(true)));
        assert_eq!(entries[0].languages.as_deref(), Some(&["en".to_owned(), "de".to_owned()][..]));
        assert_eq!((entries[1].line, entries[1].name.as_str(), entries[1].languages.as_ref()), (4, "ada", None));
        let (entries, _) =
            parse_list(ListKind::Mutes, "\u{feff}Account address,Hide notifications\r\nben@globex.test,0\r\n");
        assert_eq!(entries[0].hide_notifications, Some(false));
        let (entries, _) = parse_list(ListKind::Lists, "List name,Account address\n\"Old, friends\",ben@globex.test\n");
        assert_eq!((entries[0].list.as_deref(), entries[0].name.as_str()), (Some("Old, friends"), "ben@globex.test"));
        let (entries, failures) = parse_list(ListKind::Bookmarks, "#uri\nhttps://b.test/notes/1\nnothing\n");
        assert_eq!((entries[0].name.as_str(), failures[0].line), ("https://b.test/notes/1", 3));
        let (entries, failures) = parse_list(ListKind::DomainBlocks, "Spam.Test\nnot a domain\n");
        assert_eq!(entries[0].name, "spam.test");
        assert_eq!((failures[0].line, failures[0].text.as_str()), (2, "not a domain"));
    }

    #[test]
    fn lines_that_cannot_be_read_are_named() {
        let (entries, failures) =
            parse_list(ListKind::Following, "\"ben@globex.test\n@\nben@globex.test,perhaps\na@b@c,true,true,xx-!\n");
        assert_eq!(entries, []);
        assert_eq!(failures.iter().map(|failure| failure.line).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[test]
    fn what_is_written_can_be_read() {
        assert_eq!(line(&["a,b", "c\"d", "e"]), "\"a,b\",\"c\"\"d\",e\n");
        assert_eq!(fields("\"a,b\",\"c\"\"d\",e").unwrap(), ["a,b", "c\"d", "e"]);
        assert_eq!(fields("\"a"), None);
    }
}
