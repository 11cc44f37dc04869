DROP TABLE field_checks;
