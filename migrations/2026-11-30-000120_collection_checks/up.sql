-- When the servers of those who are said to be in a collection elsewhere are asked, last or next, and up to whom they were: however many
-- there are and however often it changes, some of them every few minutes.
CREATE TABLE collection_checks (
    collection_id bigint PRIMARY KEY REFERENCES collections (id) ON DELETE CASCADE,
    due_at timestamptz NOT NULL,
    asked_item_id bigint
);
