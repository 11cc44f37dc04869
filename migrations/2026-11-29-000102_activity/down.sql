DROP TABLE active_days;
DROP TABLE person_activity;
