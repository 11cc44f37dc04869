//! Lists of domains that are refused, as other servers read and write them: CSV with Mastodon's columns.

use csv::StringRecord;

use super::{By, Imported, SEVERITIES, import_domain_blocks};
use crate::app::App;
use crate::base::handle::normalise_domain;
use crate::base::id::RuleId;
use crate::base::page::Page;
use crate::base::{Error, Result, Why, why};
use crate::moderation::{DomainBlock, MOST_COMMENT, store};

/// The columns of Mastodon's lists; only the first is needed.
const COLUMNS: [&str; 6] =
    ["#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"];

/// Blocks that are read at once.
const BITE: i64 = 1000;

/// All blocks, as such a list.
pub async fn export_blocks(app: &App) -> Result<String> {
    let mut conn = app.db.get().await?;
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS).map_err(Error::internal)?;
    let mut below = i64::MAX;
    loop {
        let page = Page { below, above: 0, upwards: false, limit: BITE };
        let blocks = store::list_domain_blocks(&mut conn, page).await?;
        let Some(last) = blocks.last() else { break };
        below = last.id.0;
        for block in &blocks {
            let comment = block.public_comment.as_deref().unwrap_or_default();
            let [media, reports, obfuscate] =
                [block.reject_media, block.reject_reports, block.obfuscate].map(|flag| flag.to_string());
            let record = [block.domain.as_str(), &block.severity, &media, &reports, comment, &obfuscate];
            out.write_record(record).map_err(Error::internal)?;
        }
    }
    let bytes = out.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}

/// The places of [`COLUMNS`] in a file; of a file without a line of names, a plain list of domains, the first is the domain.
struct Columns([Option<usize>; 6]);

impl Columns {
    fn read(first: &StringRecord) -> Option<Self> {
        let place = |name: &&str| {
            let name = name.trim_start_matches('#');
            first.iter().position(|found| found.trim().trim_start_matches('#').eq_ignore_ascii_case(name))
        };
        let places = COLUMNS.each_ref().map(place);
        places.first().copied().flatten().map(|_| Self(places))
    }

    fn get<'r>(&self, record: &'r StringRecord, column: usize) -> &'r str {
        let place = self.0.get(column).copied().flatten();
        place.and_then(|place| record.get(place)).map(str::trim).unwrap_or_default()
    }

    /// What a line says; an error is what is wrong with it.
    fn block(&self, app: &App, record: &StringRecord) -> Result<DomainBlock, Why> {
        let text = self.get(record, 0);
        let domain = normalise_domain(text).ok_or_else(|| why!("{text:?} is no domain", text = text))?;
        if domain == app.config.instance.domain {
            return Err(why!("{domain} is this server", domain = domain));
        }
        let severity = match self.get(record, 1).to_ascii_lowercase() {
            none if none.is_empty() => "suspend".to_owned(),
            known if SEVERITIES.contains(&known.as_str()) => known,
            other => return Err(why!("{other:?} is no severity: use silence, suspend or noop", other = other)),
        };
        let flag = |column: usize| matches!(self.get(record, column).to_ascii_lowercase().as_str(), "true" | "1");
        let comment: String = self.get(record, 4).chars().take(MOST_COMMENT).collect();
        Ok(DomainBlock {
            id: RuleId(app.mint()),
            domain,
            severity,
            reject_media: flag(2),
            reject_reports: flag(3),
            private_comment: None,
            public_comment: Some(comment).filter(|comment| !comment.is_empty()),
            obfuscate: flag(5),
            // To the microsecond, as Postgres keeps it: the accounts that it closes are known by it.
            created_at: chrono::DateTime::from_timestamp_micros(app.now().timestamp_micros()).unwrap_or_default(),
        })
    }
}

/// The blocks of a file. Nothing is taken of a file with a line that is wrong.
fn parse(app: &App, data: &str) -> Result<Vec<DomainBlock>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(data.as_bytes());
    let (mut columns, mut blocks) = (Columns([Some(0), None, None, None, None, None]), Vec::new());
    for (number, record) in reader.records().enumerate() {
        let at = match &record {
            Ok(record) => line_at(data, record.position()),
            Err(error) => line_at(data, error.position()),
        };
        let wrong =
            |why: Why| Error::invalid("", why!("line {line}: {why}; nothing was imported", line = at, why = why));
        let record = record.map_err(|error| wrong(error.to_string().into()))?;
        if number == 0
            && let Some(named) = Columns::read(&record)
        {
            columns = named;
        } else if !record.iter().all(|field| field.trim().is_empty()) {
            blocks.push(columns.block(app, &record).map_err(wrong)?);
        }
    }
    Ok(blocks)
}

/// The line at which a record begins. The reader counts empty lines before it as its own.
fn line_at(data: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let rest = usize::try_from(position.byte()).ok().and_then(|at| data.get(at..)).unwrap_or_default();
    let empty =
        rest.chars().take_while(|letter| matches!(letter, '\r' | '\n')).filter(|letter| *letter == '\n').count();
    position.line() + u64::try_from(empty).unwrap_or(0)
}

/// Takes over a list of blocks: all of it, or nothing. Blocks that there are stay, unless they are to be overwritten.
pub async fn import_blocks(app: &App, by: impl Into<By<'_>>, data: &str, overwrite: bool) -> Result<Imported> {
    let blocks = parse(app, data.trim_start_matches('\u{feff}'))?;
    import_domain_blocks(app, by, &blocks, overwrite).await
}
