DELETE FROM jobs WHERE kind = 'invitation_accepted';
DROP TABLE invitation_uses;
DROP TABLE invitations;
