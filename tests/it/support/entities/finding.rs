//! The fields of what helps to find people and posts, and of what a server says in words and pictures.

use super::fields::Field;

pub const ENTITIES: &[(&str, &[Field])] = &[
    (
        "PreviewCard",
        &[
            ("url", "url"),
            ("title", "text"),
            ("description", "text"),
            ("language", "text?"),
            ("type", "text"),
            ("author_name", "text"),
            ("author_url", "text"),
            ("authors", "[CardAuthor]"),
            ("provider_name", "text"),
            ("provider_url", "text"),
            ("html", "text"),
            ("width", "count"),
            ("height", "count"),
            ("image", "url?"),
            ("image_description", "text"),
            ("embed_url", "text"),
            ("blurhash", "text?"),
            ("published_at", "time?"),
        ],
    ),
    ("CardAuthor", &[("name", "text"), ("url", "text"), ("account", "Account?")]),
    (
        "CustomEmoji",
        &[
            ("shortcode", "text"),
            ("url", "url"),
            ("static_url", "url"),
            ("visible_in_picker", "bool"),
            ("category", "text?"),
        ],
    ),
    ("Suggestion", &[("source", "text"), ("sources", "[text]"), ("account", "Account")]),
    ("DomainBlock", &[("domain", "text"), ("digest", "text"), ("severity", "text"), ("comment", "text")]),
    ("Week", &[("week", "id"), ("statuses", "id"), ("logins", "id"), ("registrations", "id")]),
    ("PrivacyPolicy", &[("updated_at", "time?"), ("content", "text")]),
    (
        "TermsOfService",
        &[("effective_date", "date?"), ("effective", "bool"), ("content", "text"), ("succeeded_by", "date?")],
    ),
    ("Language", &[("code", "text"), ("name", "text")]),
    ("AnnualReports", &[("annual_reports", "never"), ("accounts", "never"), ("statuses", "never")]),
    ("AnnualReportState", &[("state", "text")]),
    (
        "Embed",
        &[
            ("type", "text"),
            ("version", "text"),
            ("title", "text"),
            ("author_name", "text"),
            ("author_url", "url"),
            ("provider_name", "text"),
            ("provider_url", "url"),
            ("cache_age", "count"),
            ("html", "text"),
            ("width", "count"),
            ("height", "never"),
        ],
    ),
];
