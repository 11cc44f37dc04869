DROP TABLE collection_checks;
