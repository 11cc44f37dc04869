# What all pages share.
skip-to-content = Skip to content
main-navigation = Main
sign-in = Sign in
sign-up = Create an account
sign-out = Sign out
about = About
footer-source = Source code
footer-runs = Runs Pollen { $version }, free software under the AGPL.

words-privacy-policy = Privacy policy
words-terms-next = From { $when } on
words-terms-of-service = Terms of service

# The front page.
home-what = A learning network
home-lead = People at work learn from one another here, within { $name } and with people at other organisations.
home-ask = Ask
home-ask-text = Ask a question and hear from people who have done it before, here or elsewhere.
home-share = Share
home-share-text = Pass on something you found or learned, in a minute, from the app you already use.
home-belong = Belong
home-belong-text = Join groups around a topic. Nobody is ranked, rated or counted.
home-groups = Groups here
home-own-client = Any Mastodon app works. This server is part of an open network: people elsewhere can follow people and groups here, and the other way round.
home-closed = New accounts are made by whoever runs this server. Ask them if you would like one.
home-connect = Connect an app in five minutes
home-connect-lead = You read and write with any Mastodon app.
home-step-app = Choose an app
home-step-app-text = In the browser: Phanpy or Elk. On a phone: Ice Cubes or Ivory (iPhone), Tusky or Mastodon (Android). On a desk: Tuba.
home-step-server = Give it the name of this server
home-step-server-text = The app asks for a server or instance. Type:
home-step-sign-in = Sign in
home-step-sign-in-text = The app brings you back here. Sign in and allow it.
home-step-follow = Follow people and groups
home-step-follow-text = Search for a name such as { $handle }. Names from other servers work too.
home-you-are = Others find you as

# About this server.
about-rules = Rules
about-no-rules = There are no written rules. Be as considerate as you would be in the office.
about-contact = Contact
about-no-contact = Ask whoever gave you the address of this server.
about-data = What is stored, and where
about-data-text = Posts and accounts are stored by { $name }, on its own server. A post goes to the servers of the people it is addressed to, and to no one else. There is no advertising, and nothing is counted about you for others to see.
about-software = Software
about-software-text = This server runs Pollen { $version }. You may read, use and change its source code.

# Signing in and registering.
form-problem = There is a problem
form-expired = This page was open for too long, or your browser does not keep cookies for it. Please try again.
sign-in-for-client = An app asked you to sign in. You can decide what it may do on the next page.
sign-in-login = E-mail address or user name
sign-in-password = Password
sign-in-wrong = That name and password do not go together. Check both; capital letters count in the password. If your account is new, open the link in our letter first.
sign-in-not-yet = You cannot sign in yet, or not any more. Ask whoever runs this server.
sign-in-no-account = No account yet?
closed-how = How to get an account
closed-text = Nobody can register at { $name } by themselves.
closed-ask = Ask for an account
sign-up-username = User name
sign-up-username-hint = Letters, digits and underscores. Others see it, and it cannot be changed.
sign-up-username-taken = Somebody has this user name already. Choose another one.
sign-up-username-reserved = This user name is kept for the server itself. Choose another one.
sign-up-username-invalid = Use 1 to 30 letters, digits and underscores.
sign-up-email = E-mail address
sign-up-email-hint = Only for signing in. Nobody sees it.
sign-up-email-taken = There is an account with this address already. Sign in instead?
sign-up-email-refused = Addresses of this provider are not taken here. Use another one.
sign-up-email-invalid = Enter an e-mail address, such as name@example.org.
sign-up-password-hint = At least { $count } characters. A few unrelated words make a good one.
sign-up-password-short = Enter a password of at least { $count } characters, and at most 256.
sign-up-agreement = I agree to these rules
sign-up-agreement-missing = You can only join if you agree to the rules.
sign-up-rules = The rules here
sign-up-have-account = Have an account already?

# A client asks for access.
authorize = Let { $client } in?
authorize-lead = { $client } would like to use your account
authorize-may = It will be able to
authorize-may-not = It never sees your password.
authorize-website = Its website:
authorize-destination = You will be sent back to { $host }.
authorize-allow = Allow { $client }
authorize-deny = Do not allow
authorize-other = Not you? Sign out, then open the app again.
code-title = Copy this code
code-text = Give it to { $client }. It works once, for ten minutes.
code-label = Code
refused-title = This app cannot be let in
refused-client = The app is not known here. In the app, remove this server and add it again.
refused-redirect = The app asked to send you to an address that it did not name when it registered. Nothing was sent there.
refused-denied = You did not allow it, so it was given nothing. You can close this page.
refused-other = The app asked in a way that is not understood here ({ $code }). Whoever makes it can tell more.
scope-read = read everything that you can read
scope-write = post, reply, favourite and change your profile in your name
scope-follow = follow, mute and block people in your name
scope-push = notify you of what is new
scope-profile = see your name and picture
scope-admin = do an administrator’s work, where you may
scope-read-parts = read your { $parts }
scope-write-parts = change your { $parts }
part-accounts = profile
part-blocks = blocked accounts
part-bookmarks = bookmarks
part-conversations = conversations
part-favourites = favourites
part-filters = filters
part-follows = follows
part-lists = lists
part-media = pictures and files
part-mutes = muted accounts
part-notifications = notifications
part-reports = reports
part-search = search results
part-statuses = posts

# People, groups, posts.
person-title = { $name }
group-title = { $name }, a group
person-group = Group
person-bot = Automated
person-joined = Here since { $when }
person-own = This is what others see of you.
group-join = How to join
group-join-text = Copy this name into the search of your app, on any server, and follow it:
group-write-text = Mention it in a post to write to its members.
group-threads = Conversations
group-empty = Nothing has been written here yet. Whoever follows this group can begin.
posts = Posts
posts-empty = Nothing here that you can see yet.
posts-older = Older posts
posts-newest = Newest posts
posts-end = You have reached the end.
post-boosted = { $name } passed this on
post-quoted = { $name } wrote
post-in-group = in { $name }
post-edited = edited
card-by = by
history-title = Versions of a post by { $name }
history-lead = The newest comes first. Whoever may see the post may read these, too.
history-never = It has never been edited.
history-post = Back to the post
history-now = As it is now
history-before = As it was
history-first = As it was first written
history-since = Since { $when }
post-replies =
    { $count ->
        [one] 1 reply
       *[other] { $count } replies
    }
post-replies-heading = Replies
post-no-replies = No replies yet. Open this post in your app to write one.
post-earlier = Earlier posts
post-more-replies = More replies
post-first-replies = The first replies
post-before = What came before
post-parent-missing = This answers a post that is not shown here.
post-to = To
poll-votes =
    { $count ->
        [one] 1 vote
       *[other] { $count } votes
    }
poll-voters =
    { $count ->
        [one] 1 person voted
       *[other] { $count } people voted
    }
poll-open = vote in your app until
poll-hidden = vote in your app; the results show on
poll-ended = ended
media-sensitive = Sensitive content. Show it
media-undescribed = A picture without a description
media-open-video = Open the video
media-open-audio = Open the recording
media-open-file = Open the attached file
kind-question = Question
kind-resource = Resource
kind-today-i-learned = Today I learned
kind-lesson = Lesson learned
audience-public = Everyone
audience-unlisted = Everyone, quietly
audience-followers = Followers of { $name }
audience-direct = The people mentioned
audience-organisation = Everyone at { $name }, nobody else
audience-partners = { $name } and its partners
audience-group = Members of { $name }
tag-lead = Public posts with this hashtag
tag-empty = Nobody has used this hashtag in a public post that has reached this server.

# When something goes wrong.
error-not-found = There is nothing here
error-not-found-advice = The address may be mistyped, or what was here is not for you to see. If you have an account, sign in and try again.
error-not-found-known = The address may be mistyped, or what was here is gone, or not for you to see.
error-forbidden = You cannot do this
error-forbidden-advice = Sign in with an account that may, or ask whoever runs this server.
error-gone = This is gone
error-gone-advice = It was here, and its author deleted it.
error-form = That did not work
error-form-advice = The page was open for too long, or was sent incompletely. Go back, load it again, and try once more.
error-limited = Too many attempts
error-limited-advice = Please wait a few minutes, then try again.
error-unavailable = Not at the moment
error-unavailable-advice = The server cannot do this just now. Please try again in a minute.
error-internal = Something went wrong on our side
error-internal-advice = It has been noted. Please try again; if it keeps happening, tell whoever runs this server.
error-home = Go to the front page

# Days and times. $month is a number, $time such as 14:05, $zone what the reader's time is called.
time-moment = { $day } { time-month-short } { $year }, { $time } { $zone }
time-day = { $day } { time-month-short } { $year }
time-month = { time-month-long } { $year }
time-month-short =
    { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    }
time-month-long =
    { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    }

# A number with one place behind it, such as 1.5.
number-with-tenth = { $whole }.{ $tenth }
