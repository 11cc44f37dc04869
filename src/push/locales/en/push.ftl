# What a device shows of a notification.
push-mention = You were mentioned by { $name }
push-status = { $name } just posted
push-reblog = { $name } boosted your post
push-follow = { $name } is now following you
push-follow-request = { $name } asks to follow you
push-favourite = { $name } favourited your post
push-poll = A poll by { $name } has ended
push-update = { $name } edited a post
push-other = Something new from { $name }
