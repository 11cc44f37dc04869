DROP INDEX collections_url;
