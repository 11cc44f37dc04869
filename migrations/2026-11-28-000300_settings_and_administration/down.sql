DROP TABLE report_notes;
DROP TABLE instance_settings;
DROP TABLE person_preferences;
