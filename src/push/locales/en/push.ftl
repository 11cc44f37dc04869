# What a device shows of a notification.
push-mention = You were mentioned by { $name }
push-status = { $name } just posted
push-reblog = { $name } boosted your post
push-follow = { $name } is now following you
push-follow-request = { $name } asks to follow you
push-favourite = { $name } favourited your post
push-poll = A poll by { $name } has ended
push-update = { $name } edited a post
push-quote = { $name } quoted your post
push-quoted-update = { $name } edited a post that you quoted
push-sign-up = { $name } signed up
push-report = { $name } reported somebody
push-added-to-collection = { $name } added you to a collection
push-collection-update = { $name } changed a collection that you are in
push-severed = You lost followers, or people whom you follow, because a server was blocked
push-warning = Moderators have sent you a message
push-other = Something new from { $name }
# What somebody reads whose client does not know a type of notifications.
unsupported = This app does not show everything that there is to this. To see all of it, use another one.
