# What somebody who is signed in reads and writes.

# The navigation.
nav-home = Home
nav-compose = Write
nav-notifications = Notifications
nav-search = Search
nav-conversations = Messages
nav-groups = Groups
nav-lists = Lists
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
acts-mute-thread = Tell me nothing more of this conversation
acts-unmute-thread = Tell me of this conversation again
acts-mute = Mute { $name }
acts-block = Block { $name }
acts-report = Report
acts-filtered = Your filter “{ $filter }” covers this post
acts-vote = Vote
acts-vote-one = Choose one answer
acts-vote-several = Choose any answers
