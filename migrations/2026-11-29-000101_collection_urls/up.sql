-- Posts that link to a collection of another server name its page.
CREATE INDEX collections_url ON collections (url) WHERE url IS NOT NULL;
