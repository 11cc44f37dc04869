# What somebody who is signed in reads and writes.

# The navigation.
nav-home = Startseite
nav-compose = Schreiben
nav-notifications = Benachrichtigungen
nav-search = Suche
nav-conversations = Nachrichten
nav-groups = Gruppen
nav-lists = Listen
nav-topics = Themen
nav-bookmarks = Lesezeichen
nav-favourites = Favoriten
nav-discover = Entdecken
nav-settings = Einstellungen
nav-admin = Verwaltung
nav-you = Ihre Seite
nav-apps = Apps

# Below a post.
acts-reply = Antworten
acts-favourite = Favorisieren
acts-boost = Teilen
acts-bookmark = Lesezeichen
acts-more = Mehr
acts-quote = Zitieren
acts-edit = Bearbeiten
acts-delete = Löschen
acts-pin = Auf Ihrer Seite anheften
acts-unpin = Nicht mehr anheften
acts-mute-thread = Unterhaltung stummschalten
acts-unmute-thread = Unterhaltung nicht mehr stummschalten
acts-mute = { $name } stummschalten
acts-block = { $name } blockieren
acts-block-ask = { $name } blockieren? Keine Seite sieht mehr, was die andere schreibt, und Sie folgen einander nicht mehr. Sie können das zurücknehmen; das Folgen kommt damit nicht zurück.
acts-block-yes = Ja, { $name } blockieren
acts-report = Melden
acts-filtered = Ihr Filter „{ $filter }“ verdeckt diesen Beitrag
acts-vote = Abstimmen
acts-vote-one = Wählen Sie eine Antwort
acts-vote-several = Wählen Sie beliebig viele Antworten

# Home.
home-empty = Auf Ihrer Startseite ist es noch ruhig. Sie füllt sich mit dem, was die Menschen und Gruppen schreiben, denen Sie folgen.
home-empty-discover = Menschen finden
home-empty-groups = Gruppen finden
home-empty-welcome = Sagen, was Sie lernen
home-so-far = Sie sind auf dem neuesten Stand.
home-up-to-date = Sie sind auf dem neuesten Stand. Älteres gibt es nicht.
home-new =
    { $count ->
        [one] Ein neuer Beitrag
       *[other] { $count } neue Beiträge
    }

# Writing.
compose-title = Schreiben
compose-reply-title = Antwort an { $name }
compose-group-title = An { $name } schreiben
compose-edit-title = Ihren Beitrag bearbeiten
compose-text = Was möchten Sie weitergeben oder fragen?
compose-text-reply = Ihre Antwort
compose-most = Höchstens { $most } Zeichen. Mit @name erwähnen Sie jemanden, mit #wort nennen Sie ein Thema.
compose-kind = Das ist
compose-kind-plain = Ein Beitrag
compose-audience = Wer das sieht:
compose-to-public = Alle
compose-to-unlisted = Alle, aber still
compose-to-followers = Ihre Follower
compose-to-direct = Nur Erwähnte
compose-to-group = Alle; { $name } gibt es an die Mitglieder weiter
compose-group-outside = { $name } gibt weiter, was Mitglieder schreiben, und Sie sind noch keines. Treten Sie zuerst bei:
compose-quoters = Wer das zitieren darf
compose-quoters-hint = Wer einen Beitrag zitiert, gibt ihn mit eigenen Worten weiter. Was nur für Ihre Follower oder für Erwähnte ist, wird nicht zitiert.
compose-warning = Inhaltswarnung
compose-warning-hint = Wenn Sie eine schreiben, ist zuerst nur sie zu sehen; der Rest öffnet sich auf Wunsch.
compose-language = Sprache
compose-markdown = Als Markdown formatieren
compose-files = Bilder, Filme, Aufnahmen
compose-files-hint = Bis zu vier. Beschreiben Sie, was zu sehen oder zu hören ist, für alle, die es nicht sehen oder hören können.
compose-file = Datei
compose-alt = Was ist darin zu sehen oder zu hören?
compose-remove = Weglassen
compose-undescribed = Ohne Beschreibungen senden
compose-undescribed-why = Eine Datei hat noch keine Beschreibung. Manche hier lesen Beschreibungen, statt Bilder zu sehen.
compose-poll = Mit einer Umfrage fragen
compose-poll-answers = Antworten zur Auswahl
compose-poll-answer = Antwort { $number }
compose-poll-length = Dauer
compose-poll-hour = Eine Stunde
compose-poll-day = Ein Tag
compose-poll-days = Drei Tage
compose-poll-week = Eine Woche
compose-poll-multiple = Mehrere Antworten sind erlaubt
compose-poll-hidden = Das Ergebnis ist erst am Ende zu sehen
compose-quotes = Sie zitieren diesen Beitrag:
compose-send = Senden
compose-send-to = An { $name } senden
compose-more = Weitere Möglichkeiten
compose-preview = Vorschau
compose-preview-title = So wird es aussehen
compose-save = Speichern
compose-problem = So konnte das nicht gesendet werden
compose-blank = Schreiben Sie zuerst etwas, oder fügen Sie ein Bild hinzu.
compose-gone = Worauf Sie antworten, was Sie zitieren oder wem Sie schreiben, gibt es nicht mehr, oder Sie können es nicht sehen.
compose-gone-around = Worauf Sie antworten, was Sie zitieren oder die Gruppe, an die Sie schreiben, gibt es nicht mehr, oder Sie können es nicht sehen. Ihr Text ist noch da. Jetzt gesendet, wird er ein eigener Beitrag: Wählen Sie, wer ihn sieht.
delete-title = Diesen Beitrag löschen?
delete-lead = Er verschwindet von diesem Server, und von anderen, soweit sie sich daran halten. Das lässt sich nicht rückgängig machen.
delete-yes = Beitrag löschen
delete-no = Behalten

# Notifications.
notices-all = Alle
notices-mentions = Erwähnungen
notices-asked = Es gibt Follower-Anfragen an Sie
notices-empty = Noch nichts. Hier lesen Sie, wenn jemand Ihnen antwortet, folgt oder dankt.
notices-older = Ältere Benachrichtigungen
notices-end = Das ist alles.
notices-post = Ein Beitrag
notice-others = { $name } und andere
notice-both = { $name } und { $other }
notice-somebody = Jemand
notice-mention =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } Sie erwähnt
notice-status =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } etwas geschrieben
notice-reblog =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } Ihren Beitrag geteilt
notice-follow =
    { $names } { $count ->
        [one] folgt
       *[other] folgen
    } Ihnen jetzt
notice-follow-request =
    { $names } { $count ->
        [one] möchte
       *[other] möchten
    } Ihnen folgen
notice-favourite =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } Ihren Beitrag favorisiert
notice-poll = Eine Umfrage von { $names } ist beendet
notice-update =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } einen Beitrag bearbeitet, den Sie geteilt haben
notice-quote =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } Ihren Beitrag zitiert
notice-quoted-update =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } einen Beitrag bearbeitet, den Sie zitiert haben
notice-sign-up =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } sich registriert
notice-report =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } etwas gemeldet
notice-collected =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } Sie in eine Sammlung aufgenommen
notice-collection-update =
    { $names } { $count ->
        [one] hat
       *[other] haben
    } eine Sammlung geändert, in der Sie sind
notice-severed = Sie haben Follower oder Gefolgte verloren, weil ein Server blockiert wurde
notice-warning = Sie haben eine Nachricht der Moderation
notice-other = Neues von { $names }
requests-title = Follower-Anfragen
requests-lead = Nur Sie sehen diese Liste. Wen Sie ablehnen, erfährt nicht, warum.
requests-accept = { $name } darf Ihnen folgen
requests-accept-short = Annehmen
requests-reject = Ablehnen
requests-empty = Im Moment gibt es keine Anfragen.
requests-older = Frühere Anfragen

# What one keeps, and messages.
bookmarks-lead = Beiträge, die Sie sich merken, um sie wiederzufinden. Nur Sie sehen sie.
bookmarks-empty = Noch nichts. Wählen Sie „Lesezeichen“ unter einem Beitrag, um ihn hier zu behalten.
favourites-lead = Beiträge, bei denen Sie andere wissen ließen, dass sie Ihnen gefallen.
favourites-empty = Noch nichts. Wählen Sie „Favorisieren“ unter einem Beitrag, um dafür zu danken.
conversations-lead = Beiträge, die nur sehen kann, wer darin erwähnt ist.
conversations-write = Nachricht schreiben
conversations-empty = Noch keine Nachrichten.
conversations-unread = Neu
conversations-open = Ganz lesen
conversations-mark-read = Als gelesen markieren
conversations-mark-unread = Als ungelesen markieren
nav-more = Menü
acts-unquote = Meinen Beitrag daraus entfernen
nav-unread = , ungelesen
told-title = Eine Ankündigung
told-dismiss = Ich habe es gelesen
told-react = Reagieren
told-other = Ein anderes Emoji
told-other-hint = Ein Emoji, oder der Name eines Emojis, das dieser Server hat.
told-reacted =
    { $count ->
        [one] Eine Person hat so reagiert
       *[other] { $count } Personen haben so reagiert
    }
here-title = Was hier geschrieben wird
here-lead = Beiträge für alle, von Menschen auf diesem Server.
here-empty = Noch nichts. Machen Sie den Anfang: Was haben Sie diese Woche gelernt?
home-nothing-new = Nichts Neues seit { $when }.
home-seen = Was jetzt kommt, haben Sie gesehen.
compose-poll-edit-hint = Wenn Sie Antworten ändern, stimmen alle neu ab. Lassen Sie alle Antworten leer, um die Umfrage zu entfernen.
compose-poll-until = Bis { $when }, wie bisher
compose-poll-ended = Sie ist beendet und bleibt es
compose-poll-open = Ohne Ende, wie bisher
later-title = Später senden
later-when = Wann
later-zone = Nach der Uhr von { $zone }; frühestens in fünf Minuten.
later-send = Zu dieser Zeit senden
later-waiting = Was darauf wartet, gesendet zu werden
scheduled-title = Wartet darauf, gesendet zu werden
scheduled-lead = Nur Sie sehen diese Beiträge, bis ihre Zeit gekommen ist.
scheduled-empty = Nichts wartet. Wählen Sie beim Schreiben „Später senden“.
scheduled-at = Wird gesendet am { $when }
scheduled-late = Die Zeit ist vorbei, und der Beitrag konnte nicht gesendet werden: Vielleicht gibt es nicht mehr, worauf er antwortet. Wählen Sie eine andere Zeit, oder brechen Sie ab.
scheduled-answers = Er antwortet auf einen Beitrag
scheduled-quotes = Er zitiert einen Beitrag
scheduled-files =
    { $count ->
        [one] Mit einer Datei
       *[other] Mit { $count } Dateien
    }
scheduled-change = Andere Zeit
scheduled-keep = Zu dieser Zeit senden
scheduled-cancel = Abbrechen
scheduled-cancel-text = Der Beitrag wird nicht gesendet, und was Sie geschrieben haben, ist verloren.
scheduled-cancel-yes = Diesen Beitrag nicht senden
scheduled-later = Was später gesendet wird
notices-held = Etwas wird zurückgehalten
held-title = Zurückgehalten
held-lead = Mitteilungen von Menschen, die Sie nicht kennen, wie Sie es gewählt haben.
held-choose = Wählen, was zurückgehalten wird
held-accept = { $name } zulassen
held-dismiss = Weglegen
held-empty = Nichts wird zurückgehalten.
conversations-remove = Entfernen
conversations-remove-text = Die Nachricht verschwindet nur aus Ihrer Liste. Die Beiträge bleiben, und wenn jemand wieder schreibt, ist sie wieder hier.
conversations-remove-yes = Aus Ihren Nachrichten entfernen
