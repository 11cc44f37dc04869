# What somebody decides about their own account.
language-name = English
settings-navigation = Settings
settings-done = Done.
settings-email = E-mail
settings-security = Password and security
settings-sessions = Where you are signed in
settings-invitations = Invitations
settings-password = Your password

# Profile.
settings-warnings = Messages from moderators
settings-warnings-lead = What those who look after this server told you. If something of it is wrong, say so within { $days } days.
settings-warnings-none = They have not told you anything.
warning-none = A message
warning-sensitive = What you attach is hidden until somebody asks for it
warning-silence = Your posts come by themselves to your followers alone
warning-disable = You were kept from signing in
warning-suspend = Your account was closed
appeal-label = Why is this wrong?
appeal-hint = A moderator reads it and decides. You can say it once.
appeal-send = Send it to the moderators
appeal-pending = You have said why this is wrong. A moderator has yet to decide.
appeal-approved = You have said why this is wrong. It was taken back.
appeal-rejected = You have said why this is wrong. It stays as it is.
settings-profile = Profile
settings-profile-lead = This is what others see of you, here and on other servers.
settings-profile-see = See your page
settings-profile-name = Name
settings-profile-note = About you
settings-profile-note-hint = What you work on, what you would like to learn, what one may ask you. Hashtags become links.
settings-profile-fields = Further lines
settings-profile-fields-hint = Such as your team, your city, a page of yours. Lines without both parts are left out.
settings-profile-field-name = What it is
settings-profile-field-value = What it says
settings-profile-pictures = Pictures
settings-profile-avatar = Your picture
settings-profile-avatar-hint = A PNG, JPEG, WebP or GIF. It is cut to a square.
settings-profile-avatar-now = Your picture as it is now
settings-profile-avatar-remove = Remove your picture
settings-profile-header = The wide picture on your page
settings-profile-header-hint = A PNG, JPEG, WebP or GIF, three times as wide as high.
settings-profile-header-now = The wide picture as it is now
settings-profile-header-remove = Remove the wide picture
settings-profile-avatar-description = What is to be seen on it
settings-profile-header-description = What is to be seen on the wide picture
settings-profile-picture-hint = For people who do not see it.
settings-profile-reach = How you are found and followed
settings-profile-locked = Ask me before somebody follows me
settings-profile-locked-hint = Posts to followers then go to people you have let in.
settings-profile-discoverable = Suggest me to others
settings-profile-discoverable-hint = You are listed among the people of this server, and may be suggested to those who know the same people.
settings-profile-indexable = Let others find my public posts by their words
settings-profile-indexable-hint = Search engines may list them, too.
settings-profile-bot = This account is automated
settings-profile-bot-hint = Others see that a program writes here.
settings-profile-author = What you write elsewhere
settings-profile-domains = Websites that may name you as their author
settings-profile-domains-hint = One domain on each line, at most ten, such as blog.example.com. Where somebody links to a page there that names you, your name stands below it.
settings-profile-save = Save profile

# Appearance.
settings-appearance = Appearance and language
settings-appearance-lead = How these pages look to you. Nobody else sees a difference.
settings-theme = Colours
settings-theme-system = As your device
settings-theme-light = Light
settings-theme-dark = Dark
settings-text = Size of the text
settings-text-normal = Normal
settings-text-large = Large
settings-text-larger = Larger
settings-motion = Movement
settings-motion-system = As your device
settings-motion-still = Nothing moves
settings-language = Language of these pages
settings-language-browser = As your browser
settings-language-hint = Posts stay in the language in which they were written.
settings-zone = Time zone
settings-zone-hint = A name such as Europe/Vienna; empty for UTC. Now it is { $now }.
settings-appearance-save = Save appearance

# Posting.
settings-posting = Writing
settings-posting-lead = What a new post begins with, here and in your apps. You can decide otherwise for each post.
settings-posting-audience = To
settings-posting-audience-hint = Whom a new post is for, unless you say otherwise.
settings-posting-followers = Your followers
settings-posting-language = Language you write in
settings-posting-language-none = Do not say
settings-posting-quotes = Who may quote your posts
settings-posting-quotes-all = Everyone
settings-posting-quotes-followers = Your followers
settings-posting-quotes-nobody = Nobody but you
settings-posting-sensitive = Hide pictures until somebody asks for them
settings-posting-sensitive-hint = For accounts that mostly show what is not for everybody’s eyes.
settings-posting-save = Save defaults

# Filters.
settings-away = Muted and blocked
settings-notices = Notifications
settings-notices-lead = What becomes of what people do whom you do not know. Nothing is lost that is held back:
settings-notices-save = Keep this
settings-notices-accept = Tell me
settings-notices-filter = Hold it back
settings-notices-drop = Do not tell me
settings-notices-not-following = People whom you do not follow
settings-notices-not-following-hint = Until you let them in.
settings-notices-not-followers = People who do not follow you
settings-notices-not-followers-hint = Also those who follow you since less than three days.
settings-notices-new-accounts = New accounts
settings-notices-new-accounts-hint = Those that are less than 30 days old.
settings-notices-private-mentions = Messages that you did not ask for
settings-notices-private-mentions-hint = Unless they answer you, or you follow who writes.
settings-notices-limited-accounts = Accounts that moderators limited
settings-notices-limited-accounts-hint = Unless you follow them.
settings-filters = Filters
settings-filters-lead = What you do not want to read, or only after a warning.
settings-filters-empty = You have no filters. Make one for a topic that you have had enough of.
settings-filter-new = Make a filter
settings-filter-title = Name of the filter
settings-filter-title-hint = It stands in the warning in place of the post.
settings-filter-keywords = Words
settings-filter-keywords-hint = A post that has one of these in it is filtered. Empty a line to remove it.
settings-filter-keyword = Word or words
settings-filter-whole = Whole words alone
settings-filter-where = Where it counts
settings-filter-home = Home and lists
settings-filter-notifications = Notifications
settings-filter-public = Public timelines
settings-filter-thread = Conversations
settings-filter-account = Profiles
settings-filter-action = What is done with it
settings-filter-warn = Fold it behind a warning
settings-filter-blur = Hide its pictures
settings-filter-hide = Leave it out
settings-filter-duration = For how long
settings-filter-forever = Until I delete it
settings-filter-hour = An hour from now
settings-filter-day = A day from now
settings-filter-week = A week from now
settings-filter-month = 30 days from now
settings-filter-unchanged = As it is
settings-filter-until = until { $when }
settings-filter-save = Save filter
settings-filter-delete = Delete this filter
settings-filter-delete-ask = Delete the filter “{ $name }”, with its words?
settings-filter-delete-yes = Delete “{ $name }”

# Import and export.
settings-data = Your data
settings-data-all = Everything
settings-data-all-text = One file (tar) with your profile, all that you wrote and passed on as other servers read it, your lists, your pictures, films and sounds with what you say of them, and all else that is kept of you: favourites, filters, topics, notes, settings, posts that wait for their time, collections, invitations, votes, messages that you were sent, earlier versions of your posts, and what moderators told you. It is made while you download it; if that breaks off, nothing is left behind, and you begin anew.
settings-data-all-posts =
    { $count ->
        [one] One post
       *[other] { $count } posts
    }
settings-data-all-files =
    { $count ->
        [one] one file
       *[other] { $count } files
    }
settings-data-all-size = (about { $size })
settings-data-all-get = Get everything
settings-data-export = Lists to take along
settings-data-export-text = In the formats that Mastodon and others read.
settings-data-following = Whom you follow
settings-data-followers = Who follows you
settings-data-blocks = Whom you block
settings-data-mutes = Whom you mute
settings-data-domain-blocks = Servers that you block
settings-data-lists = Your lists
settings-data-bookmarks = Your bookmarks
settings-data-import = Bring a list along
settings-data-import-text = From another server that you leave, or a list that a colleague gave you.
settings-data-kind = What it is a list of
settings-data-file = The file
settings-data-file-hint = CSV, as Mastodon exports it. Up to 2 MB.
settings-data-overwrite = It replaces what I have
settings-data-overwrite-hint = What is not in the file goes. Otherwise it is added to what you have.
settings-data-import-begin = Bring it along
settings-data-brought = Brought along lately
settings-data-imported =
    { $count ->
        [one] Finished: 1 line was taken.
       *[other] Finished: { $count } lines were taken.
    }
settings-data-waiting =
    { $count ->
        [one] 1 line is still to come. This page shows more when you load it again.
       *[other] { $count } lines are still to come. This page shows more when you load it again.
    }
settings-data-failures = Lines that came to nothing

# Aliases, moving, the end.
settings-account = Moving and leaving
settings-aliases = Other accounts of yours
settings-aliases-text = Name an account here before you move from it to this one. Both have to say that they are you.
settings-alias = Address of the other account
settings-alias-hint = Such as name@example.org.
settings-alias-add = This is me, too
settings-alias-remove = { $name } is not me
settings-move = Move to another account
settings-move-text = Followers of { $handle } who agree to it follow you at the new account, and this one can only be read. Your posts stay here. Name this account as one of yours over there first.
settings-move-pause =
    { $count ->
        [one] You can move again after a day.
       *[other] You can move again after { $count } days.
    }
settings-move-target = Address of the account that you move to
settings-move-target-hint = Such as name@example.org.
settings-move-go = Move there
settings-moved = You moved to { $where }.
settings-stay-text = You can come back. Followers who went along do not come back by themselves.
settings-stay = Use { $handle } again
settings-delete = Delete your account
settings-delete-text = For good: it cannot be taken back.
settings-delete-go = Delete { $handle } …
settings-delete-title = Delete { $handle } for good?
settings-delete-lead = This cannot be taken back, not even by whoever runs this server.
settings-delete-posts = Your posts, pictures, lists and messages are deleted here.
settings-delete-servers = Other servers are asked to do the same. Most do; nobody can make them.
settings-delete-name = Your user name is not given to anybody else, nor to you again.
settings-delete-first = Get your data first
settings-delete-confirm = Your user name, to be sure: { $name }
settings-delete-name-wrong = This is not your user name. Enter { $name }, or leave this page.
settings-delete-yes = Delete { $handle } for good
settings-delete-no = Keep it
