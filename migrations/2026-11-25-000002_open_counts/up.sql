-- Accounts count the posts that anyone may see, and no others.
UPDATE account_stats t SET statuses_count = c.n, last_status_at = c.last
FROM (SELECT t.account_id, count(s.id) AS n, max(s.created_at) AS last FROM account_stats t
      LEFT JOIN statuses s ON s.account_id = t.account_id AND s.audience_kind IN (1, 2) GROUP BY t.account_id) c
WHERE c.account_id = t.account_id;

-- The rule on who may see a post asks each time whether its author is one of these few.
CREATE INDEX accounts_suspended ON accounts (id) WHERE suspended_at IS NOT NULL;
-- The front page names the groups of this instance, not its people.
CREATE INDEX accounts_local_groups ON accounts (username) WHERE domain IS NULL AND actor_type = 'Group';
-- Few of those who follow still wait for an answer.
CREATE INDEX follows_requests ON follows (target_account_id, id DESC) WHERE accepted_at IS NULL;
-- An instance whose people write much, and follow few elsewhere.
CREATE INDEX statuses_public_remote ON statuses (id DESC) WHERE audience_kind = 1 AND reblog_of_id IS NULL AND NOT local;
