//! The fields of what people are told.

use super::fields::Field;

pub const ENTITIES: &[(&str, &[Field])] = &[
    (
        "Notification",
        &[
            ("id", "id"),
            ("type", "text"),
            ("group_key", "text"),
            ("created_at", "time"),
            ("account", "Account"),
            ("status", "Status?"),
            ("report", "Report?"),
            ("event", "RelationshipSeveranceEvent?"),
            ("moderation_warning", "AccountWarning?"),
            ("collection", "Collection?"),
            ("fallback", "NotificationFallback?"),
        ],
    ),
    ("NotificationFallback", &[("title", "text"), ("summary", "text?"), ("details", "text?")]),
    (
        "GroupedNotificationsResults",
        &[
            ("accounts", "[Account]"),
            ("partial_accounts", "[PartialAccountWithAvatar]?"),
            ("statuses", "[Status]"),
            ("notification_groups", "[NotificationGroup]"),
        ],
    ),
    (
        "PartialAccountWithAvatar",
        &[
            ("id", "id"),
            ("acct", "text"),
            ("url", "url"),
            ("avatar", "url"),
            ("avatar_static", "url"),
            ("avatar_description", "text"),
            ("locked", "bool"),
            ("bot", "bool"),
        ],
    ),
    (
        "NotificationGroup",
        &[
            ("group_key", "text"),
            ("notifications_count", "count"),
            ("type", "text"),
            // A number in Mastodon, too.
            ("most_recent_notification_id", "count"),
            ("page_min_id", "id?"),
            ("page_max_id", "id?"),
            ("latest_page_notification_at", "time?"),
            ("sample_account_ids", "[id]"),
            ("status_id", "id?"),
            ("report", "Report?"),
            ("event", "RelationshipSeveranceEvent?"),
            ("moderation_warning", "AccountWarning?"),
            // Mastodon documents it for single notifications alone; without it there is nothing to show.
            ("collection", "Collection?"),
            ("fallback", "NotificationFallback?"),
        ],
    ),
    (
        "NotificationPolicy",
        &[
            ("for_not_following", "text"),
            ("for_not_followers", "text"),
            ("for_new_accounts", "text"),
            ("for_private_mentions", "text"),
            ("for_limited_accounts", "text"),
            ("summary", "NotificationPolicySummary"),
        ],
    ),
    (
        "V1NotificationPolicy",
        &[
            ("filter_not_following", "bool"),
            ("filter_not_followers", "bool"),
            ("filter_new_accounts", "bool"),
            ("filter_private_mentions", "bool"),
            ("summary", "NotificationPolicySummary"),
        ],
    ),
    ("NotificationPolicySummary", &[("pending_requests_count", "count"), ("pending_notifications_count", "count")]),
    (
        "NotificationRequest",
        &[
            ("id", "id"),
            ("created_at", "time"),
            ("updated_at", "time"),
            // A number as a text.
            ("notifications_count", "id"),
            ("account", "Account"),
            ("last_status", "Status?"),
        ],
    ),
    ("Merged", &[("merged", "bool")]),
    ("Conversation", &[("id", "id"), ("unread", "bool"), ("accounts", "[Account]"), ("last_status", "Status?")]),
    (
        "Announcement",
        &[
            ("id", "id"),
            ("content", "text"),
            ("starts_at", "time?"),
            ("ends_at", "time?"),
            ("all_day", "bool"),
            ("published", "bool"),
            ("published_at", "time"),
            ("updated_at", "time"),
            ("read", "bool?"),
            ("mentions", "[Mention]"),
            ("statuses", "[AnnouncementStatus]"),
            ("tags", "[StatusTag]"),
            ("emojis", "[CustomEmoji]"),
            ("reactions", "[Reaction]"),
        ],
    ),
    ("AnnouncementStatus", &[("id", "id"), ("url", "url")]),
    ("Reaction", &[("name", "text"), ("count", "count"), ("me", "bool?"), ("url", "url?"), ("static_url", "url?")]),
];
