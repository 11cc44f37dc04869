//! GET and HEAD /media/…: files, to whoever has their address. It cannot be guessed, since clients load pictures without a
//! token (AUDIENCE rule 7); when its post is gone, nothing is there any more.
//!
//! Browsers are told to take a file for nothing but what we say it is, and to let it do nothing.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};

use super::storage::Storage;
use super::{File, Role, object, store};
use crate::app::App;
use crate::base::id::{AccountId, CardId, EmojiId};
use crate::base::{Error, Result};
use crate::edge::respond::Answer;

/// A file never changes under its name. Shared caches do not keep what may have to be gone in a moment.
const OWN: &str = "private, max-age=31536000, immutable";
/// Pictures of accounts and emoji are for everyone.
const SHARED: &str = "public, max-age=31536000, immutable";

/// GET /media/{name}
pub async fn file(app: web::Data<App>, request: HttpRequest, name: web::Path<String>) -> Answer {
    let found = {
        let mut conn = app.db.get().await?;
        store::find_served(&mut conn, &name).await?.ok_or(Error::NotFound("File"))?
    };
    serve(&app, &request, &found).await
}

/// GET /media/remote/{key}
pub async fn remote(app: web::Data<App>, request: HttpRequest, key: web::Path<String>) -> Answer {
    pass_on(&app, &request, object::copy_of_attachment(&app, &key, Role::Original).await).await
}

/// GET /media/remote/{key}/small
pub async fn remote_small(app: web::Data<App>, request: HttpRequest, key: web::Path<String>) -> Answer {
    pass_on(&app, &request, object::copy_of_attachment(&app, &key, Role::Small).await).await
}

/// GET /media/remote/{avatar|header}/{account}/{hash}
pub async fn remote_picture(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, AccountId, String)>,
) -> Answer {
    let (role, account, hash) = path.into_inner();
    let role = if role == Role::Header.as_str() { Role::Header } else { Role::Avatar };
    pass_on(&app, &request, object::copy_of_picture(&app, account, role, &hash).await).await
}

/// GET /media/remote/card/{card}/{hash}
pub async fn remote_card(app: web::Data<App>, request: HttpRequest, path: web::Path<(CardId, String)>) -> Answer {
    let (card, hash) = path.into_inner();
    pass_on(&app, &request, object::copy_of_card(&app, card, &hash).await).await
}

/// GET /media/remote/emoji/{emoji}/{version}
pub async fn remote_emoji(app: web::Data<App>, request: HttpRequest, path: web::Path<(EmojiId, String)>) -> Answer {
    let (emoji, version) = path.into_inner();
    pass_on(&app, &request, object::copy_of_emoji(&app, emoji, &version, Role::Original).await).await
}

/// GET /media/remote/emoji/{emoji}/{version}/static
pub async fn still_remote_emoji(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(EmojiId, String)>,
) -> Answer {
    let (emoji, version) = path.into_inner();
    pass_on(&app, &request, object::copy_of_emoji(&app, emoji, &version, Role::Small).await).await
}

/// A server that does not answer is a 502 of ours, and no fault.
async fn pass_on(app: &App, request: &HttpRequest, found: Result<File>) -> Answer {
    match found {
        Ok(file) => serve(app, request, &file).await,
        Err(error @ Error::Remote(_)) => {
            let body = serde_json::json!({"error": error.to_string()});
            Ok(HttpResponse::BadGateway().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
        }
        Err(error) => Err(error),
    }
}

async fn serve(app: &App, request: &HttpRequest, file: &File) -> Answer {
    let size = u64::try_from(file.size).map_err(Error::internal)?;
    let tag = format!("\"{}\"", file.name);
    let said = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let same = |list: &str| list.split(',').any(|one| one.trim() == "*" || one.trim().trim_start_matches("W/") == tag);
    if said(header::IF_NONE_MATCH).is_some_and(same) {
        return Ok(headers(&mut HttpResponse::NotModified(), file, &tag).finish());
    }
    let storage = app.get::<Storage>()?;
    if let Some(public) = &storage.public_url {
        let place = format!("{}/{}", public.as_str().trim_end_matches('/'), file.path);
        return Ok(HttpResponse::Found()
            .insert_header((header::LOCATION, place))
            .insert_header((header::CACHE_CONTROL, "private, max-age=60"))
            .finish());
    }
    // A part is only sent of what its asker has the beginning of.
    let range = said(header::RANGE).filter(|_| said(header::IF_RANGE).is_none_or(|known| known == tag));
    let range = match range.map_or(Ok(None), |range| part(range, size)) {
        Ok(range) => range,
        Err(Unsatisfiable) => {
            let mut builder = HttpResponse::RangeNotSatisfiable();
            return Ok(builder.insert_header((header::CONTENT_RANGE, format!("bytes */{size}"))).finish());
        }
    };
    let (mut builder, length) = match &range {
        Some(range) => {
            let place = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
            let mut builder = HttpResponse::PartialContent();
            builder.insert_header((header::CONTENT_RANGE, place));
            (builder, range.end - range.start)
        }
        None => (HttpResponse::Ok(), size),
    };
    headers(&mut builder, file, &tag).no_chunking(length);
    let body = storage.get(&file.path, range).await?;
    Ok(builder.body(actix_web::body::SizedStream::new(length, body)))
}

fn headers<'b>(builder: &'b mut HttpResponseBuilder, file: &File, tag: &str) -> &'b mut HttpResponseBuilder {
    let shared = file.role == Role::Avatar.as_str() || file.role == Role::Header.as_str() || file.emoji_id.is_some();
    builder
        .insert_header((header::CONTENT_TYPE, file.content_type.as_str()))
        .insert_header((header::CACHE_CONTROL, if shared { SHARED } else { OWN }))
        .insert_header((header::ETAG, tag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        // Clients that are web pages show them within their own.
        .insert_header(("cross-origin-resource-policy", HeaderValue::from_static("cross-origin")))
}

/// The part that is asked for lies outside of the file.
#[derive(Debug, PartialEq, Eq)]
struct Unsatisfiable;

/// One range of bytes (RFC 9110 §14.1.2). Several at once, other units and nonsense are answered with all of it.
fn part(asked: &str, size: u64) -> Result<Option<std::ops::Range<u64>>, Unsatisfiable> {
    let Some((first, last)) = asked.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.trim().is_empty() => first..size,
        (None, Some(last)) if first.trim().is_empty() => size.saturating_sub(last)..size,
        _ => return Ok(None),
    };
    if range.is_empty() { Err(Unsatisfiable) } else { Ok(Some(range)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_files_are_as_the_standard_has_them() {
        for (asked, expected) in [
            ("bytes=0-3", Ok(Some(0..4))),
            ("bytes=4-", Ok(Some(4..10))),
            ("bytes=-3", Ok(Some(7..10))),
            ("bytes=-30", Ok(Some(0..10))),
            ("bytes=8-99999999999999999999", Ok(None)),
            ("bytes=8-99", Ok(Some(8..10))),
            ("bytes=10-", Err(Unsatisfiable)),
            ("bytes=-0", Err(Unsatisfiable)),
            ("bytes=5-2", Ok(None)),
            ("bytes=0-1,4-5", Ok(None)),
            ("lines=0-1", Ok(None)),
            ("bytes=x-y", Ok(None)),
        ] {
            assert_eq!(part(asked, 10), expected, "{asked}");
        }
    }
}
