-- Who made which group: how many somebody made lately is counted before they make another. When is in the group's id.
CREATE TABLE made_groups (
    group_account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE INDEX made_groups_account ON made_groups (account_id, group_account_id DESC);
