DROP INDEX users_unconfirmed;
