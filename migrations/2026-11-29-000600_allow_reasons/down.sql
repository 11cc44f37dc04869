ALTER TABLE domain_allows DROP COLUMN reason;
