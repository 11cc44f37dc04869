-- What has changed, by transaction: written by triggers in the transaction that changes a row, so that no writer can forget it, and read
-- by every process before it uses again what it kept of those rows. A subject is the id of an account, a post, a hashtag or a token; 0
-- is everything. The ids of different nouns may be the same: then something is read anew that need not have been.
--
-- Not logged: a server that crashes loses it, and with it every connection, which is when processes forget what they kept.
CREATE UNLOGGED TABLE row_changes (
    xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    subject bigint NOT NULL,
    PRIMARY KEY (xid, subject)
);

CREATE FUNCTION row_changed_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO row_changes (subject) VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION row_changed_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO row_changes (subject) VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.account_id ELSE NEW.account_id END)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION row_changed_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO row_changes (subject) SELECT of.status_id
    FROM (VALUES (CASE WHEN TG_OP <> 'DELETE' THEN NEW.status_id END), (CASE WHEN TG_OP <> 'INSERT' THEN OLD.status_id END)) AS of (status_id)
    WHERE of.status_id IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION row_changed_tag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO row_changes (subject) VALUES (NEW.tag_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- Between two accounts, before and after.
CREATE FUNCTION row_changed_between() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO row_changes (subject) VALUES (NEW.account_id), (NEW.target_account_id) ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO row_changes (subject) VALUES (OLD.account_id), (OLD.target_account_id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

-- A new post concerns those who look at its author's; one that changes, those who look at it, too.
CREATE FUNCTION row_changed_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO row_changes (subject) VALUES (NEW.account_id) ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO row_changes (subject) VALUES (OLD.id), (OLD.account_id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

-- Whose list, or filter, it is part of. When that goes, too, it says so itself.
CREATE FUNCTION row_changed_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO row_changes (subject)
    SELECT account_id FROM lists WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.list_id ELSE NEW.list_id END
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION row_changed_filter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO row_changes (subject)
    SELECT account_id FROM filters WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.filter_id ELSE NEW.filter_id END
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- An emoji by whose it is and by its name: what does not exist yet has no id. See `emojis::subject`.
CREATE FUNCTION row_changed_emoji() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    emoji custom_emojis := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    INSERT INTO row_changes (subject)
    VALUES (('x' || substr(encode(sha256(convert_to(emoji.domain || ':' || emoji.shortcode, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION row_changed_everything() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO row_changes (subject) VALUES (0) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER row_changed AFTER UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION row_changed_id();
CREATE TRIGGER row_changed AFTER UPDATE OR DELETE ON oauth_tokens FOR EACH ROW EXECUTE FUNCTION row_changed_id();

CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON favourites FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON bookmarks FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON thread_mutes FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON tag_follows FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON account_domain_blocks
    FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON poll_votes FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON lists FOR EACH ROW EXECUTE FUNCTION row_changed_account();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON filters FOR EACH ROW EXECUTE FUNCTION row_changed_account();
-- How many posts there are of somebody changes with their posts, which say so themselves.
CREATE TRIGGER row_changed AFTER UPDATE ON account_stats FOR EACH ROW
    WHEN (OLD.followers_count <> NEW.followers_count OR OLD.following_count <> NEW.following_count)
    EXECUTE FUNCTION row_changed_account();

CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON follows FOR EACH ROW EXECUTE FUNCTION row_changed_between();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON blocks FOR EACH ROW EXECUTE FUNCTION row_changed_between();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON mutes FOR EACH ROW EXECUTE FUNCTION row_changed_between();

CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON statuses FOR EACH ROW EXECUTE FUNCTION row_changed_post();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON status_stats FOR EACH ROW EXECUTE FUNCTION row_changed_status();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON status_pins FOR EACH ROW EXECUTE FUNCTION row_changed_status();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON quotes FOR EACH ROW EXECUTE FUNCTION row_changed_status();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON polls FOR EACH ROW EXECUTE FUNCTION row_changed_status();
CREATE TRIGGER row_changed AFTER UPDATE OR DELETE ON media_attachments FOR EACH ROW EXECUTE FUNCTION row_changed_status();
CREATE TRIGGER row_changed AFTER UPDATE OR DELETE ON status_mentions FOR EACH ROW EXECUTE FUNCTION row_changed_status();
CREATE TRIGGER row_changed AFTER INSERT ON status_tags FOR EACH ROW EXECUTE FUNCTION row_changed_tag();

CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON list_accounts FOR EACH ROW EXECUTE FUNCTION row_changed_list();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON filter_keywords FOR EACH ROW EXECUTE FUNCTION row_changed_filter();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON filter_statuses FOR EACH ROW EXECUTE FUNCTION row_changed_filter();

-- Whom an administrator silences, or an agreement ends with: rare, and it concerns everyone. Whether a server answers does not.
CREATE TRIGGER row_changed AFTER UPDATE ON instances FOR EACH ROW
    WHEN (ROW(OLD.suspended_at, OLD.silenced_at, OLD.partner_from, OLD.partner_until)
          IS DISTINCT FROM ROW(NEW.suspended_at, NEW.silenced_at, NEW.partner_from, NEW.partner_until))
    EXECUTE FUNCTION row_changed_everything();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON custom_emojis FOR EACH ROW EXECUTE FUNCTION row_changed_emoji();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON domain_blocks FOR EACH ROW EXECUTE FUNCTION row_changed_everything();
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON account_featuring FOR EACH ROW EXECUTE FUNCTION row_changed_account();
