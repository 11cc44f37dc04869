DROP TABLE made_groups;
