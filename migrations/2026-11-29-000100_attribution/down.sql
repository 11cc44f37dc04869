DROP TABLE card_authors;
DROP TABLE account_attributions;
