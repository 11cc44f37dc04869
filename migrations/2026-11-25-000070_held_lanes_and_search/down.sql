CREATE INDEX accounts_display_name_prefix ON accounts (lower(display_name) text_pattern_ops);
DROP INDEX accounts_found_display_name, accounts_found_username, jobs_held;
