//! What devices, and clients that do not know a type of notifications, show, from the Fluent catalogue in `locales/`.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

static_loader! {
    static LOCALES = {
        locales: "./src/push/locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// What a notification of this type from somebody is called, in a person's language if there are texts in it.
pub fn title(locale: &str, kind: &str, name: &str) -> String {
    let key = match kind {
        "mention" => "push-mention",
        "status" => "push-status",
        "reblog" => "push-reblog",
        "follow" => "push-follow",
        "follow_request" => "push-follow-request",
        "favourite" => "push-favourite",
        "poll" => "push-poll",
        "update" => "push-update",
        "quote" => "push-quote",
        "quoted_update" => "push-quoted-update",
        "admin.sign_up" => "push-sign-up",
        "admin.report" => "push-report",
        "added_to_collection" => "push-added-to-collection",
        "collection_update" => "push-collection-update",
        "severed_relationships" => "push-severed",
        "moderation_warning" => "push-warning",
        _ => "push-other",
    };
    let arguments = HashMap::from([(Cow::Borrowed("name"), FluentValue::from(name.to_owned()))]);
    LOCALES.lookup_with_args(&language(locale), key, &arguments)
}

/// What somebody reads whose client does not know a type of notifications.
pub fn unsupported(locale: &str) -> String {
    LOCALES.lookup(&language(locale), "unsupported")
}

/// A person's language if there are texts in it.
fn language(locale: &str) -> LanguageIdentifier {
    let wish: Option<LanguageIdentifier> = locale.parse().ok();
    let known = wish.and_then(|wish| LOCALES.locales().find(|language| language.language == wish.language));
    known.unwrap_or_else(|| LOCALES.fallback()).clone()
}
