//! The fields of what moderators see (https://docs.joinmastodon.org/entities/Admin_Account/ and the like), of reports, and
//! of Pollen's own imports.

use super::fields::Field;

pub const REPORT: &[Field] = &[
    ("id", "id"),
    ("action_taken", "bool"),
    ("action_taken_at", "time?"),
    ("category", "text"),
    ("comment", "text"),
    ("forwarded", "bool"),
    ("created_at", "time"),
    ("status_ids", "[id]?"),
    ("rule_ids", "[text]?"),
    ("collection_ids", "[id]?"),
    ("target_account", "Account"),
];

pub const ADMIN_REPORT: &[Field] = &[
    ("id", "id"),
    ("action_taken", "bool"),
    ("action_taken_at", "time?"),
    ("category", "text"),
    ("comment", "text"),
    ("forwarded", "bool"),
    ("created_at", "time"),
    ("updated_at", "time"),
    ("account", "AdminAccount"),
    ("target_account", "AdminAccount"),
    ("assigned_account", "AdminAccount?"),
    ("action_taken_by_account", "AdminAccount?"),
    ("statuses", "[Status]"),
    ("rules", "[Rule]"),
];

pub const ADMIN_ACCOUNT: &[Field] = &[
    ("id", "id"),
    ("username", "text"),
    ("domain", "text?"),
    ("created_at", "time"),
    ("email", "text"),
    // From where people sign in is not kept.
    ("ip", "never"),
    ("ips", "never"),
    ("locale", "text"),
    ("invite_request", "text?"),
    // Mastodon's own is null for those of other servers.
    ("role", "Role?"),
    ("confirmed", "bool"),
    ("approved", "bool"),
    ("disabled", "bool"),
    ("sensitized", "bool"),
    ("silenced", "bool"),
    ("suspended", "bool"),
    ("account", "Account"),
    ("created_by_application_id", "id?"),
    ("invited_by_account_id", "id?"),
];

pub const ADMIN_DOMAIN_BLOCK: &[Field] = &[
    ("id", "id"),
    ("domain", "text"),
    ("digest", "text"),
    ("created_at", "time"),
    ("severity", "text"),
    ("reject_media", "bool"),
    ("reject_reports", "bool"),
    ("private_comment", "text?"),
    ("public_comment", "text?"),
    ("obfuscate", "bool"),
];

pub const ADMIN_IP_BLOCK: &[Field] = &[
    ("id", "id"),
    ("ip", "text"),
    ("severity", "text"),
    ("comment", "text"),
    ("created_at", "time"),
    ("expires_at", "time?"),
];

pub const ADMIN_MEASURE: &[Field] = &[
    ("key", "text"),
    ("unit", "text?"),
    ("total", "text"),
    ("human_value", "text?"),
    ("previous_total", "text?"),
    ("data", "[AdminMeasureData]"),
];

pub const IMPORT: &[Field] = &[
    ("id", "id"),
    ("type", "text"),
    ("mode", "text"),
    ("state", "text"),
    ("total", "count"),
    ("processed", "count"),
    ("imported", "count"),
    ("failures", "[any]"),
    ("created_at", "time"),
    ("finished_at", "time?"),
];
