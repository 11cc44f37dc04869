DROP TABLE picture_descriptions;
