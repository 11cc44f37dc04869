DELETE FROM jobs WHERE kind = 'forwarded_activity';
DROP TABLE remote_proof_keys;
DROP TABLE account_proof_keys;
ALTER TABLE instances DROP COLUMN message_signatures;
