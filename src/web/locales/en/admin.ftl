# What those who run the instance see and do.
admin-navigation = Administration
admin-overview = Overview
admin-reports = Reports
admin-accounts = People and groups
admin-servers = Other servers
admin-access = Who gets no account
admin-announcements = Announcements
admin-rules = Rules
admin-instance = This server
admin-emoji = Emoji
admin-queues = What waits and what failed
admin-storage = Storage
admin-audit = What was done
admin-find = Find
admin-more = More
admin-confirm = To be sure, enter { $name }
admin-confirm-wrong = This is not the name. Enter { $name }, or leave it.

# Overview and storage.
admin-overview-pending = Waiting to be let in
admin-overview-pending-none = Nobody waits to be let in.
admin-overview-pending-all = All who wait
admin-overview-work = The server’s own work
admin-overview-work-well = All is well: nothing has failed, and no other server is out of reach.
admin-overview-look = Look at it
admin-overview-failed =
    { $count ->
        [one] 1 job was set aside.
       *[other] { $count } jobs were set aside.
    }
admin-overview-failing =
    { $count ->
        [one] 1 other server is out of reach.
       *[other] { $count } other servers are out of reach.
    }
admin-storage-lead = Pictures, films and sounds in the store of files.
admin-storage-ours = Of people here
admin-storage-copies = Copies from other servers
admin-storage-files =
    { $count ->
        [one] 1 file
       *[other] { $count } files
    }
admin-storage-cache = Copies are kept up to { $most } (media.remote_cache_bytes); those that nobody has looked at for the longest time go first, and are fetched again when somebody does.

# Accounts.
admin-accounts-find = Name
admin-accounts-find-hint = The beginning of a name, an e-mail address, a whole address such as @ada@example.org, or a server such as example.org.
admin-accounts-where = Where
admin-accounts-local = Here
admin-accounts-remote = On other servers
admin-accounts-everywhere = Everywhere
admin-accounts-state = How they stand
admin-accounts-any = Any
admin-accounts-staff = Moderators and administrators
admin-accounts-none = Nobody like that is known here.
admin-state-active = Active
admin-state-pending = Waiting to be let in
admin-state-disabled = May not sign in
admin-state-sensitized = Media marked as sensitive
admin-state-silenced = Limited
admin-state-suspended = Suspended
admin-role-user = A person like others
admin-role-moderator = Moderator
admin-role-admin = Administrator
admin-role-owner = Owner
admin-account-email = E-mail
admin-account-since = Since
admin-account-last = Last signed in
admin-account-reason = Why they want to join
admin-account-note = About them
admin-account-beside = You cannot act on this account: its role is not below yours, or it is a server’s own.
admin-account-do = What can be done
admin-account-text = Why
admin-account-text-hint = It is kept with what was done, and shown to the person if you let them know.
admin-account-warns = Let the person know
admin-account-role = Role
admin-account-may = What they may do
admin-account-may-hint = Moderators look after people and reports; administrators after the server, too.
admin-account-role-save = Give this role
admin-act-approve = Let them in
admin-act-approve-about = They can sign in at once.
admin-act-reject = Refuse this registration
admin-act-reject-about = The registration is deleted. Its name is free again.
admin-act-warn = Say something
admin-act-warn-about = Nothing else happens.
admin-act-sensitive = Mark their media
admin-act-sensitive-about = Pictures and films are hidden until somebody asks for them.
admin-act-unsensitive = Do not mark their media any more
admin-act-silence = Limit
admin-act-silence-about = Their posts come by themselves to their followers alone.
admin-act-unsilence = Do not limit any more
admin-act-disable = Keep from signing in
admin-act-disable-about = Their posts stay.
admin-act-enable = Let sign in again
admin-act-suspend = Suspend
admin-act-suspend-about = Signed out everywhere, seen by nobody. It can be taken back for 30 days; then posts and ties are deleted.
admin-act-unsuspend = Open again
admin-act-delete = Delete for good
admin-act-delete-about = All that there is of this account is deleted now. It cannot be taken back.

# Reports.
admin-reports-none = No reports wait.
admin-reports-all = All open reports
admin-reports-open = Open reports
admin-reports-resolved = Resolved reports
admin-report-title = Report about { $name }
admin-report-by = from { $name }
admin-report-assigned = { $name } looks after it
admin-report-spam = Spam
admin-report-legal = Unlawful
admin-report-violation = Against the rules
admin-report-other = Something else
admin-report-from = From
admin-report-when = When
admin-report-category = What it is
admin-report-comment = In their words
admin-report-handles = Looked after by
admin-report-resolved = Resolved
admin-report-assign = I look after this
admin-report-unassign = Leave it to others
admin-report-resolve = Resolve
admin-report-reopen = Open again
admin-report-about = Whom it is about
admin-report-act = Act on this account
admin-report-forward = Pass it on to their server
admin-report-forward-ask = Send the report and the addresses of its posts to the server of { $name }? It is not told who reported.
admin-report-forward-yes = Pass it on
admin-report-forwarded = Their server was told of it.
admin-report-posts = Posts
admin-report-hidden = Some posts are not shown: they were deleted, or whoever reported may not see them.
admin-report-class = Put it right
admin-report-classify = Save what it is
admin-report-notes = Notes
admin-report-notes-none = Nobody has written a note yet.
admin-report-note = A note
admin-report-note-hint = For the other moderators. Whoever reported does not see it.
admin-report-note-add = Add this note

# Other servers.
admin-servers-lead = With whom this server speaks, and with whom it does not.
admin-servers-queues = See what waits for them
admin-servers-find = Part of a server’s name
admin-servers-known = Known here
admin-servers-known-none = No server with this in its name has been met so far.
admin-servers-people = Its people and groups
admin-servers-all = Show all again
admin-servers-found-none = None with this in its name.
admin-servers-blocked = Blocked or limited
admin-servers-blocked-none = None. You speak with everybody who keeps to the protocol.
admin-servers-configured = In the configuration file
admin-server-no-media = No media
admin-server-suspend = Suspended
admin-server-silence = Limited
admin-server-noop = Neither
admin-server-add = Block or limit a server
admin-server-domain = Its name
admin-server-domain-hint = Such as example.org. It counts for all names below it.
admin-server-severity = How far
admin-server-severity-hint = Suspended: nothing comes from there and nothing goes there. Limited: what comes from there is for its followers here alone. Neither: only what is said below.
admin-server-media = Take no pictures and films from there
admin-server-media-hint = None are fetched or passed on.
admin-server-reports = Take no reports from there
admin-server-private = Why, for other administrators
admin-server-private-hint = Nobody else reads it.
admin-server-public = Why, for everyone
admin-server-public-hint = It stands in the list of blocked servers, where that is shown.
admin-server-obfuscate = Show only a part of its name in that list
admin-server-save = Save
admin-server-remove = Take this back
admin-server-remove-ask = Take back what was decided on { $name }? Accounts that were closed with it open again. Ties that were cut stay cut.
admin-server-remove-yes = Speak with { $name } again
admin-servers-allowed = Allowed
admin-servers-limited = This server speaks with these servers alone (federation.limited).
admin-servers-unlimited = These count only when federation.limited is set in the configuration file. At the moment it is not.
admin-server-allow-domain = Name of a server
admin-server-allow = Allow this server
admin-server-disallow = Do not allow { $name } any more
admin-servers-lists = Lists
admin-servers-export = Get the list of blocked servers
admin-servers-file = A list of servers to block
admin-servers-file-hint = CSV, as Mastodon exports it, or one name on each line. Nothing is taken of a list that has a mistake in it.
admin-servers-overwrite = Change those that are in the list already
admin-servers-import = Add this list

# Rules, what the server says of itself.
admin-rules-lead = Whoever joins agrees to these. Whoever reports somebody says which one was broken.
admin-appeals = Appeals
admin-appeals-lead = What people say against what they were told. Take it back, and what was done to their account is undone. They are written to.
admin-appeals-none = Nobody waits for an answer.
admin-appeal-said = They say that it is wrong:
admin-appeal-approve = Take it back
admin-appeal-reject = Leave it as it is
admin-rules-label = One rule on each line
admin-rules-hint = Reports know rules by their number, so add new ones at the end.
admin-rules-save = Save rules
admin-instance-lead = What others read about this server, and who may join. What you do not change is as the configuration file says.
admin-instance-changed = Not as in the configuration file:
admin-instance-title = Name
admin-instance-description = In a sentence or two
admin-instance-description-hint = On the front page, in apps, and in lists of servers.
admin-instance-contact = E-mail address for questions
admin-instance-contact-hint = Everyone can read it.
admin-instance-registrations = Who may join
admin-instance-open = Everyone
admin-instance-approval = Everyone may ask; a moderator lets them in
admin-instance-invitation = Whom somebody here invites
admin-instance-closed = Nobody by themselves
admin-instance-message = Where nobody can join by themselves: why, and how to get in
admin-instance-message-hint = Whoever would like an account reads it, here and in apps. Markdown. Empty: nothing is said.
admin-instance-elsewhere = Page where one asks for an account
admin-instance-elsewhere-hint = Where accounts are given out elsewhere, such as on a page of your own network. Empty: there is none.
admin-instance-about = About this server, at length
admin-instance-privacy = Privacy policy
admin-instance-terms = Terms of service
admin-instance-terms-from = From when the terms hold
admin-instance-next = What the terms will be
admin-instance-next-hint = Both are to be read until the day comes; from then on these hold by themselves. Markdown. Empty: they stay as they are.
admin-instance-next-from = From when these hold
admin-instance-markdown = Markdown. Empty: none.
admin-instance-save = Save

# Announcements.
admin-announcements-lead = Everyone here sees them in their app until they put them away.
admin-announcement-text = What to say
admin-announcement-starts = First day of what it is about
admin-announcement-ends = Last day
admin-announcement-days = Leave both days empty if it is about no day. After the last one it is shown no longer.
admin-announcement-send = Announce it to everyone now
admin-announcements-all = Announced so far
admin-announcements-none = Nothing has been announced yet.
admin-announcement-over = over
admin-announcement-withdraw = Take it back
admin-announcement-ask = Take back “{ $name }”? It goes from everybody’s app.
admin-announcement-yes = Take it back for everyone

# Emoji.
admin-emoji-lead = Small pictures that people here can put into what they write, by a name between colons.
admin-emoji-name = Name
admin-emoji-name-hint = Letters of a to z, digits and underscores, without the colons. It cannot be changed later.
admin-emoji-picture = Picture
admin-emoji-picture-hint = A PNG, WebP, JPEG or GIF of up to 256 KB.
admin-emoji-category = Heading
admin-emoji-category-hint = Under which apps offer it.
admin-emoji-replace = Give it a new picture if it is there already
admin-emoji-add = Add emoji
admin-emoji-all = Emoji of this server
admin-emoji-none = There are none yet.
admin-emoji-visible = Apps offer it
admin-emoji-disabled = It is shown nowhere
admin-emoji-save = Save { $name }
admin-emoji-remove = Remove it
admin-emoji-remove-ask = Remove { $name }? Where it was shown stands its name.
admin-emoji-remove-yes = Remove { $name } for good

# Queues.
admin-hosts = Waiting for other servers
admin-hosts-none = Nothing waits. All that was to be sent has arrived.
admin-host-waiting =
    { $count ->
        [one] 1 delivery waits,
       *[other] { $count } deliveries wait,
    }
admin-host-oldest = the oldest since { $when }.
admin-host-fails = Out of reach since { $since }.
admin-host-next = It is tried again at { $when }.
admin-host-refused =
    { $count ->
        [one] It refused 1 and is asked again.
       *[other] It refused { $count } and is asked again.
    }
admin-host-sending = They are being sent.
admin-host-retry = Try now
admin-host-forget = Give up
admin-host-forget-ask = Give up all that waits for { $name }? People there will not get it. What was sent stays sent.
admin-host-forget-yes = Give up what waits for { $name }
admin-jobs = Jobs that were set aside
admin-jobs-none = None. Everything was carried out.
admin-jobs-text = They failed many times and are not tried by themselves any more. If what was wrong is put right, try them again. After 30 days they are forgotten.
admin-job-retry = Try again
admin-job-forget = Forget
admin-job-forget-ask = Forget this job ({ $kind })? What it was to do is not done.
admin-job-forget-yes = Forget it

# The audit log.
admin-audit-lead = Every act of administration, by these pages, by apps and by the command line.
admin-audit-actor = Who
admin-audit-action = What
admin-audit-target = To whom or what
admin-audit-csv = Get what is found as CSV
admin-audit-none = Nothing like that was done.

# Who gets no account.
admin-access-lead = Registrations that are refused or looked at first. Whoever has an account keeps it.
admin-access-empty = None.
admin-access-remove = Take back { $name }
admin-access-add = Refuse
admin-access-approval = Only after a moderator agreed
admin-access-none = No account
admin-access-attempts =
    { $count ->
        [one] 1 attempt in the last days
       *[other] { $count } attempts in the last days
    }
admin-access-nothing = Nothing at all
admin-access-ever = Until it is taken back
admin-access-until = Until { $when }
admin-access-domains = E-mail addresses of a domain
admin-access-domain = Domain
admin-access-domain-hint = Such as example.org.
admin-access-with-approval = Let a moderator decide
admin-access-emails = Single e-mail addresses
admin-access-emails-lead = Of an address only a fingerprint is kept, of which the beginning is shown.
admin-access-email = E-mail address
admin-access-networks = Networks
admin-access-network = Address or network
admin-access-network-hint = Such as 192.0.2.7 or 192.0.2.0/24.
admin-access-severity = What they get
admin-access-comment = Why
admin-access-comment-hint = Only administrators read it.
