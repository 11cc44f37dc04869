DROP TABLE deliveries, outgoing_activities, received_activities, jobs, markers, notifications, favourites,
    idempotency_keys, tombstones, status_hosts, status_tags, tags, status_mentions, status_stats, statuses, follows,
    memberships, audiences, oauth_tokens, oauth_codes, oauth_applications, sessions, users, account_stats,
    account_keys, accounts, instances, nodes;
