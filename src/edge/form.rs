//! `multipart/form-data` (RFC 7578): how clients send files, and some of them everything else too. Files go straight to the
//! disk as they arrive; nothing of them stays in memory.
//!
//! Read by `actix-multipart`: the usual alternative, `multer`, wants a body that can be sent to other threads, and actix's
//! cannot.

use std::collections::HashMap;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;
use serde_json::{Map, Value};
use tokio::io::AsyncWriteExt;

use super::params::{MOST_BYTES, insert_pair, insert_pairs};
use crate::app::App;
use crate::base::{Error, Result, why};
use crate::media::storage::local_fault;
use crate::media::upload::Upload;

/// Parts that a form may have.
const MOST_PARTS: usize = 200;

/// A client that sends nothing for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much is written to the disk at a time.
const BUFFER: usize = 256 * 1024;

/// Files by the names of their fields.
pub type Files = HashMap<String, Upload>;

/// What a form holds.
#[derive(Debug, Default)]
pub struct Form {
    /// See [`super::params`]; those of the query too.
    pub tree: Map<String, Value>,
    pub files: Files,
}

/// Whether a request's body is such a form.
pub fn is_form(request: &HttpRequest) -> bool {
    let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok());
    content_type.unwrap_or_default().to_ascii_lowercase().starts_with("multipart/form-data")
}

/// Reads a form. Files of the names in `wanted` are kept, others read past.
///
/// # Errors
/// [`Error::TooLarge`] for texts above 512 KiB, or files above `most_bytes`, together; [`Error::Unavailable`] when there is no
/// room on the disk.
pub async fn read(request: &HttpRequest, payload: Payload, wanted: &[&str], most_bytes: u64) -> Result<Form> {
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Error::internal("no App in the request"))?;
    let directory = app.config.incoming_directory();
    let announced = request.headers().get("content-length").and_then(|value| value.to_str().ok());
    if announced
        .and_then(|length| length.parse().ok())
        .is_some_and(|length: u64| length > most_bytes + MOST_BYTES as u64)
    {
        return Err(too_large(most_bytes));
    }
    let mut form = Form::default();
    insert_pairs(&mut form.tree, request.query_string().as_bytes())?;
    let mut parts = Multipart::new(request.headers(), payload);
    let (mut count, mut room, mut text_room) = (0, most_bytes, MOST_BYTES);
    while let Some(part) = next(&mut parts).await? {
        let mut part = part.map_err(|error| Error::Malformed(error.to_string()))?;
        count += 1;
        if count > MOST_PARTS {
            return Err(Error::Malformed(format!("the form has more than {MOST_PARTS} parts")));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.content_disposition().is_some_and(|said| said.get_filename().is_some());
        if is_file || wanted.contains(&name.as_str()) {
            let upload = if wanted.contains(&name.as_str()) {
                Some(Upload::create(&directory).map_err(local_fault)?)
            } else {
                None
            };
            let (size, upload) = keep(&mut part, upload, room, most_bytes).await?;
            room -= size;
            if let Some(upload) = upload.filter(|upload| upload.size > 0) {
                form.files.insert(name, upload);
            }
        } else {
            let text = read_text(&mut part, text_room).await?;
            text_room -= text.len();
            insert_pair(&mut form.tree, &name, text)?;
        }
    }
    Ok(form)
}

/// The next of a stream, unless its sender has fallen silent.
async fn next<S: futures_util::Stream + Unpin>(stream: &mut S) -> Result<Option<S::Item>> {
    let silent = |_| Error::Malformed("the rest of the request did not arrive in time".into());
    tokio::time::timeout(PATIENCE, stream.next()).await.map_err(silent)
}

async fn keep(part: &mut Field, upload: Option<Upload>, room: u64, most: u64) -> Result<(u64, Option<Upload>)> {
    let mut size = 0_u64;
    let mut out = match &upload {
        Some(upload) => {
            let file = upload.reopen().map_err(local_fault)?;
            Some(tokio::io::BufWriter::with_capacity(BUFFER, tokio::fs::File::from_std(file)))
        }
        None => None,
    };
    while let Some(chunk) = next(part).await? {
        let chunk = chunk.map_err(|error| Error::Malformed(error.to_string()))?;
        size += chunk.len() as u64;
        if size > room {
            return Err(too_large(most));
        }
        if let Some(out) = &mut out {
            out.write_all(&chunk).await.map_err(local_fault)?;
        }
    }
    if let Some(out) = &mut out {
        out.flush().await.map_err(local_fault)?;
    }
    let upload = upload.map(|mut upload| {
        upload.size = size;
        upload
    });
    Ok((size, upload))
}

async fn read_text(part: &mut Field, room: usize) -> Result<String> {
    let mut text = Vec::new();
    while let Some(chunk) = next(part).await? {
        let chunk = chunk.map_err(|error| Error::Malformed(error.to_string()))?;
        if text.len() + chunk.len() > room {
            return Err(Error::TooLarge("The request is too large.".into()));
        }
        text.extend_from_slice(&chunk);
    }
    String::from_utf8(text).map_err(|_| Error::Malformed("a text is no UTF-8".into()))
}

fn too_large(most_bytes: u64) -> Error {
    Error::TooLarge(why!("The file is too large: {most} bytes are the most.", most = most_bytes))
}
