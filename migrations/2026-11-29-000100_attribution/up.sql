-- Whose pages may name an account as their author, and whom pages name.

-- Who has no row lets no page name them.
CREATE TABLE account_attributions (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    domains text[] NOT NULL
);
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON account_attributions
    FOR EACH ROW EXECUTE FUNCTION row_changed_account();

-- Whom a page says that it is by, whether or not they agree.
CREATE TABLE card_authors (
    card_id bigint PRIMARY KEY REFERENCES cards (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Where the page was found in the end.
    host text NOT NULL
);
CREATE INDEX card_authors_account ON card_authors (account_id);
