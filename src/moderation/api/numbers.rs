//! /api/v1/admin/{measures,dimensions,retention,trends} (https://docs.joinmastodon.org/methods/admin/measures/). What is
//! not counted here is left out, rather than made up.

use actix_web::web;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{MODERATOR, moderator};
use crate::accounts::entity::time;
use crate::app::App;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::moderation::store::{self, Measure};
use crate::oauth::extract::Client;

/// The longest time that is counted.
const MOST_DAYS: i64 = 366;

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
}

fn day(field: &'static str, text: Option<&str>) -> Result<NaiveDate> {
    let text = text.unwrap_or_default();
    let moment = DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc).date_naive());
    moment.or_else(|_| text.parse()).map_err(|_| Error::invalid(field, "must be a day, such as 2026-01-31"))
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
}

fn moment(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// POST /api/v1/admin/measures: new_users, opened_reports, resolved_reports.
pub async fn measures(app: web::Data<App>, client: Client, asked: Params<Asked>) -> Answer {
    moderator(&app, &client, "admin:read", MODERATOR).await?;
    let (first, last) = asked.0.days()?;
    let length = last - first + TimeDelta::days(1);
    let mut conn = app.db.get().await?;
    let mut found: Vec<Value> = Vec::new();
    for (key, measure) in asked.0.keys.iter().filter_map(|key| Some((key, Measure::parse(key)?))).take(10) {
        let counted = store::count_by_day(&mut conn, measure, moment(first), moment(first) + length).await?;
        let before = store::count_by_day(&mut conn, measure, moment(first) - length, moment(first)).await?;
        let data: Vec<Value> = first
            .iter_days()
            .take_while(|day| *day <= last)
            .map(|day| {
                let number = counted.iter().find(|(known, _)| *known == day).map_or(0, |(_, number)| *number);
                json!({"date": time(moment(day)), "value": number.to_string()})
            })
            .collect();
        let total = |counted: &[(NaiveDate, i64)]| counted.iter().map(|(_, number)| number).sum::<i64>().to_string();
        found.push(json!({
            "key": key,
            "unit": null,
            "total": total(&counted),
            "human_value": total(&counted),
            "previous_total": total(&before),
            "data": data,
        }));
    }
    Ok(ok(&found))
}

/// POST /api/v1/admin/dimensions: languages (of those who registered in the time), software_versions.
pub async fn dimensions(app: web::Data<App>, client: Client, asked: Params<Asked>) -> Answer {
    moderator(&app, &client, "admin:read", MODERATOR).await?;
    let asked = asked.0;
    let mut found: Vec<Value> = Vec::new();
    for key in asked.keys.iter().take(10) {
        let data: Vec<Value> = match key.as_str() {
            "languages" => {
                let (first, last) = asked.days()?;
                let until = moment(last) + TimeDelta::days(1);
                let limit = asked.limit.unwrap_or(10).clamp(1, 100);
                let mut conn = app.db.get().await?;
                let languages = store::count_languages(&mut conn, moment(first), until, limit).await?;
                let one = |(code, number): (String, i64)| {
                    let number = number.to_string();
                    json!({"key": code, "human_key": code, "value": number, "human_value": number, "unit": null})
                };
                languages.into_iter().map(one).collect()
            }
            "software_versions" => {
                let version = env!("CARGO_PKG_VERSION");
                vec![
                    json!({"key": "pollen", "human_key": "Pollen", "value": version, "human_value": version, "unit": null}),
                ]
            }
            _ => continue,
        };
        found.push(json!({"key": key, "data": data}));
    }
    Ok(ok(&found))
}

/// POST /api/v1/admin/retention: who comes back when is not followed.
pub async fn retention(app: web::Data<App>, client: Client, asked: Params<Asked>) -> Answer {
    moderator(&app, &client, "admin:read", MODERATOR).await?;
    asked.0.days()?;
    Ok(ok(&json!([])))
}

/// GET /api/v1/admin/trends/{kind}: nothing trends here.
pub async fn trends(app: web::Data<App>, client: Client) -> Answer {
    moderator(&app, &client, "admin:read", MODERATOR).await?;
    Ok(ok(&json!([])))
}
