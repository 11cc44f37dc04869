DROP TABLE endorsements;
DROP TABLE account_notes;
DROP TABLE account_domain_blocks;
DROP TABLE mutes;
DROP TABLE blocks;
