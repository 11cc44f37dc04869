//! /api/v1/admin/{measures,dimensions,retention,trends} (https://docs.joinmastodon.org/methods/admin/measures/ and the like). What is
//! not kept here has no numbers, rather than made up ones.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{MODERATOR, moderator};
use crate::accounts::entity::time;
use crate::app::App;
use crate::base::handle::normalise_domain;
use crate::base::id::TagId;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::moderation::store::{self, Dimension, Measure, Span};
use crate::oauth::extract::Client;

/// The longest time that is counted.
const MOST_DAYS: i64 = 366;

/// Keys of one request.
const MOST_KEYS: usize = 20;

/// Days, or months, of which it is told who came back.
const MOST_COHORTS: i64 = 31;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default, deserialize_with = "lenient::list")]
    keys: Vec<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    start_at: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    end_at: Option<String>,
    #[serde(default, deserialize_with = "lenient::number")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    frequency: Option<String>,
    /// What a key is about: `tag_uses[id]`, `instance_accounts[domain]`.
    #[serde(flatten)]
    about: HashMap<String, Value>,
}

fn day(field: &'static str, text: Option<&str>) -> Result<NaiveDate> {
    let text = text.unwrap_or_default();
    let moment = DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc).date_naive());
    moment.or_else(|_| text.parse()).map_err(|_| Error::invalid(field, "must be a day, such as 2026-01-31"))
}

fn moment(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

impl Asked {
    /// The first and the last day.
    fn days(&self) -> Result<(NaiveDate, NaiveDate)> {
        let (first, last) = (day("start_at", self.start_at.as_deref())?, day("end_at", self.end_at.as_deref())?);
        if last < first || (last - first).num_days() >= MOST_DAYS {
            return Err(Error::invalid("end_at", format!("must be at most {MOST_DAYS} days after start_at")));
        }
        Ok((first, last))
    }

    /// The time from the first day to the end of the last one.
    fn span(&self) -> Result<Span> {
        let (first, last) = self.days()?;
        Ok(Span { from: moment(first), until: moment(last) + TimeDelta::days(1) })
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str).take(MOST_KEYS)
    }

    fn text(&self, key: &str, name: &str) -> Option<String> {
        match self.about.get(key)?.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The hashtag that a key is about.
    fn tag(&self, key: &str) -> Result<TagId> {
        let id = self.text(key, "id").and_then(|id| id.parse().ok());
        id.ok_or_else(|| Error::invalid("id", format!("of a hashtag must be in {key}[id]")))
    }

    /// The server that a key is about.
    fn domain(&self, key: &str) -> Result<String> {
        let domain = self.text(key, "domain").and_then(|domain| normalise_domain(&domain));
        domain.ok_or_else(|| Error::invalid("domain", format!("of a server must be in {key}[domain]")))
    }

    /// `None`: there is no such measure.
    fn measure(&self, key: &str) -> Result<Option<Measure>> {
        Ok(Some(match key {
            "active_users" => Measure::ActiveUsers,
            "new_users" => Measure::NewUsers,
            "interactions" => Measure::Interactions,
            "opened_reports" => Measure::OpenedReports,
            "resolved_reports" => Measure::ResolvedReports,
            "tag_accounts" => Measure::TagAccounts(self.tag(key)?),
            "tag_uses" => Measure::TagUses(self.tag(key)?),
            "tag_servers" => Measure::TagServers(self.tag(key)?),
            "instance_accounts" => Measure::InstanceAccounts(self.domain(key)?),
            "instance_media_attachments" => Measure::InstanceMedia(self.domain(key)?),
            "instance_reports" => Measure::InstanceReports(self.domain(key)?),
            "instance_statuses" => Measure::InstanceStatuses(self.domain(key)?),
            "instance_follows" => Measure::InstanceFollows(self.domain(key)?),
            "instance_followers" => Measure::InstanceFollowers(self.domain(key)?),
            _ => return Ok(None),
        }))
    }

    /// `None`: there is no such dimension, or nothing is kept of it.
    fn dimension(&self, key: &str) -> Result<Option<Dimension>> {
        Ok(Some(match key {
            "languages" => Dimension::Languages,
            "servers" => Dimension::Servers,
            "space_usage" => Dimension::SpaceUsage,
            "tag_servers" => Dimension::TagServers(self.tag(key)?),
            "tag_languages" => Dimension::TagLanguages(self.tag(key)?),
            "instance_languages" => Dimension::InstanceLanguages(self.domain(key)?),
            _ => return Ok(None),
        }))
    }
}

/// POST /api/v1/admin/measures
pub async fn measures(app: web::Data<App>, client: Client, asked: Params<Asked>) -> Answer {
    moderator(&app, &client, "admin:read", MODERATOR).await?;
    let asked = asked.0;
    let ((first, last), span) = (asked.days()?, asked.span()?);
    let earlier = Span { from: span.from - (span.until - span.from), until: span.from };
    let mut conn = app.db.get().await?;
    let mut found: Vec<Value> = Vec::new();
    for key in asked.keys() {
        let Some(measure) = asked.measure(key)? else { continue };
        let counted = store::count_by_day(&mut conn, &measure, span).await?;
        let before = match measure {
            // Only the last day of each is known, which says little of a time that is over.
            Measure::ActiveUsers => None,
            _ => Some(store::count_by_day(&mut conn, &measure, earlier).await?.total.to_string()),
        };
        let data: Vec<Value> = first
            .iter_days()
            .take_while(|day| *day <= last)
            .map(|day| {
                let number = counted.days.iter().find(|(known, _)| *known == day).map_or(0, |(_, number)| *number);
                json!({"date": time(moment(day)), "value": number.to_string()})
            })
            .collect();
        let in_bytes = matches!(measure, Measure::InstanceMedia(_));
        found.push(json!({
            "key": key,
            "unit": in_bytes.then_some("bytes"),
            "total": counted.total.to_string(),
            "human_value": if in_bytes { size(counted.total) } else { counted.total.to_string() },
            "previous_total": before,
            "data": data,
        }));
    }
    Ok(ok(&found))
}

/// Bytes as people read them.
fn size(bytes: i64) -> String {
    let units = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    match units.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} bytes"),
    }
}

/// POST /api/v1/admin/dimensions. By which programs people registered (`sources`) is not kept, and how many follow whom on another
/// server (`instance_accounts`) is nobody's business (AUDIENCE rule 8): nothing is told of these.
pub async fn dimensions(app: web::Data<App>, client: Client, asked: Params<Asked>) -> Answer {
    moderator(&app, &client, "admin:read", MODERATOR).await?;
    let asked = asked.0;
    let limit = asked.limit.unwrap_or(10).clamp(1, 100);
    let own = &app.config.instance.domain;
    let mut found: Vec<Value> = Vec::new();
    for key in asked.keys() {
        let data: Vec<Value> = match (key, asked.dimension(key)?) {
            (_, Some(dimension)) => {
                let in_bytes = dimension == Dimension::SpaceUsage;
                // It is of now.
                let span = if in_bytes { Span { from: app.now(), until: app.now() } } else { asked.span()? };
                let mut conn = app.db.get().await?;
                let kinds = store::count_by_kind(&mut conn, &dimension, span, limit).await?;
                let one = |(name, number): (String, i64)| {
                    let name = if name.is_empty() { own.clone() } else { name };
                    let human = if in_bytes { size(number) } else { number.to_string() };
                    let unit = in_bytes.then_some("bytes");
                    json!({"key": name, "human_key": name, "value": number.to_string(), "human_value": human, "unit": unit})
                };
                kinds.into_iter().map(one).collect()
            }
            ("software_versions", None) => {
                let version = env!("CARGO_PKG_VERSION");
                vec![
                    json!({"key": "pollen", "human_key": "Pollen", "value": version, "human_value": version, "unit": null}),
                ]
            }
            ("sources" | "instance_accounts", None) => Vec::new(),
            _ => continue,
        };
        found.push(json!({"key": key, "data": data}));
    }
    Ok(ok(&found))
}

/// POST /api/v1/admin/retention: of those who registered in a month, or on a day, how many were there in it or later.
pub async fn retention(app: web::Data<App>, client: Client, asked: Params<Asked>) -> Answer {
    moderator(&app, &client, "admin:read", MODERATOR).await?;
    let asked = asked.0;
    let span = asked.span()?;
    let unit = match asked.frequency.as_deref() {
        None | Some("day") => "day",
        Some("month") => "month",
        Some(_) => return Err(Error::invalid("frequency", "must be day or month")),
    };
    if unit == "day" && (span.until - span.from).num_days() > MOST_COHORTS {
        return Err(Error::invalid("frequency", format!("must be month for more than {MOST_COHORTS} days")));
    }
    let mut conn = app.db.get().await?;
    let mut cohorts: Vec<(DateTime<Utc>, Vec<Value>)> = Vec::new();
    for (period, date, registered, active) in store::count_retention(&mut conn, span, unit).await? {
        // To four places.
        let rate = active.saturating_mul(10_000).checked_div(registered).unwrap_or(0);
        let rate = f64::from(i32::try_from(rate).unwrap_or(0)) / 10_000.0;
        let data = json!({"date": time(date), "rate": rate, "value": active.to_string()});
        match cohorts.last_mut().filter(|(last, _)| *last == period) {
            Some((_, known)) => known.push(data),
            None => cohorts.push((period, vec![data])),
        }
    }
    let one = |(period, data): &(DateTime<Utc>, Vec<Value>)| json!({"period": time(*period), "frequency": unit, "data": data});
    Ok(ok(&cohorts.iter().map(one).collect::<Vec<Value>>()))
}

/// GET /api/v1/admin/trends/{kind}: nothing trends here.
pub async fn trends(app: web::Data<App>, client: Client) -> Answer {
    moderator(&app, &client, "admin:read", MODERATOR).await?;
    Ok(ok(&json!([])))
}
