DROP TABLE wrong_guesses;
