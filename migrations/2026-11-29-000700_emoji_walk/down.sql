DROP TABLE emoji_walks;
