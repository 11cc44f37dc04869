DELETE FROM jobs WHERE kind = 'person_admitted';
DROP TABLE wrong_guesses;
