//! Errors of the OAuth endpoints, in the words of RFC 6749, section 5.2.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde_json::json;

use crate::base::Error;
use crate::edge::respond;

/// Why a token was not given, or not taken back.
#[derive(Debug)]
pub enum OauthError {
    /// A code of the standard, and what a person can make of it.
    Refused {
        code: &'static str,
        description: String,
    },
    /// The client did not prove who it is.
    Client,
    Failed(Error),
}

impl OauthError {
    pub fn refused(code: &'static str, description: impl Into<String>) -> Self {
        Self::Refused { code, description: description.into() }
    }
}

impl<E: Into<Error>> From<E> for OauthError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl std::fmt::Display for OauthError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused { code, description } => write!(f, "{code}: {description}"),
            Self::Client => f.write_str("invalid_client"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl ResponseError for OauthError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Refused { code: "unauthorized_client", .. } => StatusCode::FORBIDDEN,
            Self::Refused { .. } => StatusCode::BAD_REQUEST,
            Self::Client => StatusCode::UNAUTHORIZED,
            Self::Failed(error) => respond::status_code(error),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let (code, description) = match self {
            Self::Refused { code, description } => (*code, description.as_str()),
            Self::Client => (
                "invalid_client",
                "Client authentication failed due to unknown client, no client authentication included, or \
                 unsupported authentication method.",
            ),
            // A body that cannot be read; what else fails is worded as everywhere.
            Self::Failed(Error::Malformed(why)) => ("invalid_request", why.as_str()),
            Self::Failed(error) => return error.error_response(),
        };
        let mut builder = HttpResponseBuilder::new(self.status_code());
        builder.insert_header((header::CACHE_CONTROL, "no-store"));
        if matches!(self, Self::Client) {
            builder.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"oauth\""));
        }
        builder.json(json!({"error": code, "error_description": description}))
    }
}
