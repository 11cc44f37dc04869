-- What is to be seen on the avatar and the wide picture of an account, here or elsewhere, in words. Who has no row says nothing.
CREATE TABLE picture_descriptions (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    avatar text NOT NULL,
    header text NOT NULL
);
CREATE TRIGGER row_changed AFTER INSERT OR UPDATE OR DELETE ON picture_descriptions
    FOR EACH ROW EXECUTE FUNCTION row_changed_account();
