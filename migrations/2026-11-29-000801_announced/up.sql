-- Whom an announcement names, and the posts that it links to. They may be gone by now; whoever reads looks.
ALTER TABLE announcements
    ADD COLUMN mention_ids bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN status_ids bigint[] NOT NULL DEFAULT '{}';
