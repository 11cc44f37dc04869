# What somebody who is signed in reads and writes.

# The navigation.
nav-home = Home
nav-more = Menu
nav-compose = Write
nav-notifications = Notifications
nav-search = Search
nav-conversations = Messages
nav-unread = , unread
nav-groups = Groups
nav-lists = Lists
nav-topics = Topics
nav-bookmarks = Bookmarks
nav-favourites = Favourites
nav-discover = Discover
nav-settings = Settings
nav-admin = Administration
nav-you = Your page
nav-apps = Apps

# Below a post.
acts-reply = Reply
acts-favourite = Favourite
acts-boost = Boost
acts-bookmark = Bookmark
acts-more = More
acts-quote = Quote
acts-edit = Edit
acts-delete = Delete
acts-pin = Show first on your page
acts-unpin = Don't show first any more
acts-unquote = Take my post out of it
acts-mute-thread = Tell me nothing more of this conversation
acts-unmute-thread = Tell me of this conversation again
acts-mute = Mute { $name }
acts-block = Block { $name }
acts-block-ask = Block { $name }? Neither of you sees what the other writes, and you no longer follow each other. You can take it back; the follows do not come back.
acts-block-yes = Yes, block { $name }
acts-report = Report
acts-filtered = Your filter “{ $filter }” covers this post
acts-vote = Vote
acts-vote-one = Choose one answer
acts-vote-several = Choose any answers

# Home.
home-empty = Your home is quiet so far. It fills with what the people and groups you follow write.
home-empty-discover = Find people
home-empty-groups = Find groups
home-empty-welcome = Say what you learn
told-title = An announcement
told-dismiss = I have read it
told-react = React
told-other = Another emoji
told-other-hint = One emoji, or the name of one that this server has.
told-reacted =
    { $count ->
        [one] one person reacted like that
       *[other] { $count } people reacted like that
    }
here-title = What people here write
here-lead = Posts for everyone, by people of this server.
here-empty = Nothing yet. Be the first: what did you learn this week?
home-nothing-new = Nothing new since { $when }.
home-seen = You have seen what comes now.
home-so-far = You are up to date.
home-up-to-date = You are up to date. There is nothing older.
home-new =
    { $count ->
        [one] One new post
       *[other] { $count } new posts
    }

# Writing.
compose-title = Write
compose-reply-title = Reply to { $name }
compose-group-title = Write to { $name }
compose-edit-title = Edit your post
compose-text = What would you like to share or ask?
compose-text-reply = Your reply
compose-most = At most { $most } characters. @name names somebody, #word makes a topic.
compose-kind = It is
compose-kind-plain = A post
compose-audience = Who sees it:
compose-to-public = Everyone
compose-to-unlisted = Everyone, but quietly
compose-to-followers = Your followers
compose-to-direct = Only people mentioned
compose-to-group = Everyone; { $name } passes it on to its members
compose-group-outside = { $name } passes on what its members write, and you are not one yet. Join it first:
compose-quoters = Who may quote it
compose-quoters-hint = Whoever quotes a post passes it on with words of their own. What is for your followers or for those mentioned is not quoted.
compose-warning = Warning
compose-warning-hint = If you write one, people see it first and open the rest themselves.
compose-language = Language
compose-markdown = Format it as Markdown
compose-files = Pictures, films, sounds
compose-files-hint = Up to four. Say what can be seen or heard, for people who cannot see or hear it.
compose-file = File
compose-alt = What is in it?
compose-remove = Leave this out
compose-undescribed = Send it without descriptions
compose-undescribed-why = A file has no description yet. Some people here read descriptions instead of seeing pictures.
compose-poll = Ask with a poll
compose-poll-answers = Answers to choose from
compose-poll-answer = Answer { $number }
compose-poll-length = Open for
compose-poll-hour = One hour
compose-poll-day = One day
compose-poll-days = Three days
compose-poll-week = One week
compose-poll-multiple = People may choose several
compose-poll-hidden = Nobody sees the results before it ends
compose-poll-edit-hint = Whoever changes answers lets everybody vote anew. To take the poll away, leave all answers empty.
compose-poll-until = Until { $when }, as it is
compose-poll-ended = It has ended, and stays so
compose-poll-open = Without an end, as it is
compose-quotes = You quote this post:
compose-send = Send
compose-send-to = Send to { $name }
compose-more = More options
compose-preview = Look at it first
compose-preview-title = This is how it will look
compose-save = Save
compose-problem = This could not be sent like that
compose-blank = Write something first, or add a picture.
compose-gone = What you answer, quote or write to is not there any more, or you cannot see it.
compose-gone-around = What you answered or quoted, or the group that you wrote to, is not there any more, or you cannot see it. What you wrote is kept. Sent now, it is a post of its own: choose who sees it.
later-title = Send it later
later-when = When
later-zone = By the clock of { $zone }; at least five minutes from now.
later-send = Send it then
later-waiting = What waits to be sent
scheduled-title = Waiting to be sent
scheduled-lead = Only you see these posts until their time has come.
scheduled-empty = Nothing waits. When you write, choose “Send it later”.
scheduled-at = Goes out on { $when }
scheduled-late = Its time has passed, and it could not be sent: perhaps what it answers is gone. Choose another time, or cancel it.
scheduled-answers = It answers a post
scheduled-quotes = It quotes a post
scheduled-files =
    { $count ->
        [one] With one file
       *[other] With { $count } files
    }
scheduled-change = Another time
scheduled-keep = Send it then
scheduled-cancel = Cancel
scheduled-cancel-text = It will not be sent, and what you wrote is gone.
scheduled-cancel-yes = Cancel this post
scheduled-later = Those that go out later
delete-title = Delete this post?
delete-lead = It goes from this server, and from others as far as they follow. This cannot be undone.
delete-yes = Delete the post
delete-no = Keep it

# Notifications.
notices-all = All
notices-mentions = Said to you
notices-asked = Some people ask to follow you
notices-held = Something is held back
held-title = Held back
held-lead = Notifications of people whom you do not know, by what you chose.
held-choose = Choose what is held back
held-accept = Let { $name } in
held-dismiss = Put it away
held-empty = Nothing is held back.
notices-empty = Nothing yet. Here you will read when somebody answers, follows or thanks you.
notices-older = Older notifications
notices-end = That is all.
notices-post = A post
notice-others = { $name } and others
notice-both = { $name } and { $other }
notice-somebody = Somebody
notice-mention = { $names } mentioned you
notice-status = { $names } posted
notice-reblog = { $names } boosted your post
notice-follow = { $names } started to follow you
notice-follow-request =
    { $names } { $count ->
        [one] asks
       *[other] ask
    } to follow you
notice-favourite = { $names } favourited your post
notice-poll = A poll by { $names } has ended
notice-update = { $names } edited a post that you boosted
notice-quote = { $names } quoted your post
notice-quoted-update = { $names } edited a post that you quoted
notice-sign-up = { $names } signed up
notice-report = { $names } reported something
notice-collected = { $names } put you into a collection
notice-collection-update = { $names } changed a collection that you are in
notice-severed = You lost followers, or people whom you follow, because a server was blocked
notice-warning = Moderators have sent you a message
notice-other = News of { $names }
requests-title = People who ask to follow you
requests-lead = Only you see this list. Whom you refuse is not told why.
requests-accept = Let { $name } follow you
requests-accept-short = Let them follow you
requests-reject = Refuse
requests-empty = Nobody asks at the moment.
requests-older = Earlier requests

# What one keeps, and messages.
bookmarks-lead = Posts that you keep to find again. Only you see them.
bookmarks-empty = Nothing yet. Choose “Bookmark” below a post to keep it here.
favourites-lead = Posts whose authors you let know that you liked them.
favourites-empty = Nothing yet. Choose “Favourite” below a post to thank its author.
conversations-lead = Posts that only those see whom they mention.
conversations-write = Write a message
conversations-empty = No messages yet.
conversations-unread = New
conversations-open = Read all of it
conversations-mark-read = Mark as read
conversations-mark-unread = Mark as not read
conversations-remove = Remove
conversations-remove-text = It goes from your list alone. The posts stay, and when somebody writes again, it is here again.
conversations-remove-yes = Remove it from your messages
