-- Which tabs somebody wants their profile to have: clients show them so.
ALTER TABLE users
    ADD COLUMN show_media boolean NOT NULL DEFAULT true,
    ADD COLUMN show_media_replies boolean NOT NULL DEFAULT true,
    ADD COLUMN show_featured boolean NOT NULL DEFAULT true;
