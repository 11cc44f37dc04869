DROP INDEX statuses_public_remote, follows_requests, accounts_local_groups, accounts_suspended;
UPDATE account_stats t SET statuses_count = c.n, last_status_at = c.last
FROM (SELECT t.account_id, count(s.id) AS n, max(s.created_at) AS last FROM account_stats t
      LEFT JOIN statuses s ON s.account_id = t.account_id GROUP BY t.account_id) c
WHERE c.account_id = t.account_id;
