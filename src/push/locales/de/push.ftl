# What a device shows of a notification.
push-mention = { $name } hat Sie erwähnt
push-status = { $name } hat etwas geschrieben
push-reblog = { $name } hat Ihren Beitrag geteilt
push-follow = { $name } folgt Ihnen jetzt
push-follow-request = { $name } möchte Ihnen folgen
push-favourite = { $name } hat Ihren Beitrag favorisiert
push-poll = Eine Umfrage von { $name } ist beendet
push-update = { $name } hat einen Beitrag bearbeitet
push-quote = { $name } hat Ihren Beitrag zitiert
push-quoted-update = { $name } hat einen Beitrag bearbeitet, den Sie zitiert haben
push-sign-up = { $name } hat sich registriert
push-report = { $name } hat jemanden gemeldet
push-added-to-collection = { $name } hat Sie in eine Sammlung aufgenommen
push-collection-update = { $name } hat eine Sammlung geändert, in der Sie sind
push-severed = Sie haben Follower oder Gefolgte verloren, weil ein Server blockiert wurde
push-warning = Sie haben eine Nachricht der Moderation
push-other = Neues von { $name }
# What somebody reads whose client does not know a type of notifications.
unsupported = Diese App zeigt nicht alles, was dazu gehört. Verwenden Sie eine andere, um alles zu sehen.
