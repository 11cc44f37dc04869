# What somebody decides about their own account.
language-name = Deutsch
settings-navigation = Einstellungen
settings-done = Gespeichert.
settings-email = E-Mail
settings-security = Passwort und Sicherheit
settings-sessions = Wo Sie angemeldet sind
settings-invitations = Einladungen
settings-password = Ihr Passwort

# Profile.
settings-warnings = Nachrichten der Moderation
settings-warnings-lead = Was die Moderation dieses Servers Ihnen mitgeteilt hat. Wenn etwas davon nicht stimmt, sagen Sie es innerhalb von { $days } Tagen.
settings-warnings-none = Sie haben noch keine Nachricht bekommen.
warning-none = Eine Nachricht
warning-sensitive = Was Sie anhängen, ist zunächst verdeckt
warning-silence = Ihre Beiträge erscheinen von selbst nur noch bei Ihren Followern
warning-disable = Sie konnten sich nicht mehr anmelden
warning-suspend = Ihr Konto wurde geschlossen
appeal-label = Warum stimmt das nicht?
appeal-hint = Die Moderation liest es und entscheidet. Sie können es einmal sagen.
appeal-send = An die Moderation senden
appeal-pending = Sie haben Einspruch erhoben. Die Moderation hat noch nicht entschieden.
appeal-approved = Sie haben Einspruch erhoben. Es wurde zurückgenommen.
appeal-rejected = Sie haben Einspruch erhoben. Es bleibt dabei.
settings-profile = Profil
settings-profile-lead = So sehen andere Sie, hier und auf anderen Servern.
settings-profile-see = Ihre Seite ansehen
settings-profile-name = Name
settings-profile-note = Über Sie
settings-profile-note-hint = Woran Sie arbeiten, was Sie lernen möchten, was man Sie fragen kann. Hashtags werden zu Links.
settings-profile-fields = Weitere Zeilen
settings-profile-fields-hint = Zum Beispiel Ihr Team, Ihr Ort, eine Seite von Ihnen. Zeilen, in denen ein Teil fehlt, entfallen.
settings-profile-field-name = Was es ist
settings-profile-field-value = Was da steht
settings-profile-pictures = Bilder
settings-profile-avatar = Ihr Profilbild
settings-profile-avatar-hint = PNG, JPEG, WebP oder GIF. Es wird quadratisch zugeschnitten.
settings-profile-avatar-now = Ihr jetziges Profilbild
settings-profile-avatar-remove = Profilbild entfernen
settings-profile-header = Das breite Bild auf Ihrer Seite
settings-profile-header-hint = PNG, JPEG, WebP oder GIF, dreimal so breit wie hoch.
settings-profile-header-now = Das jetzige breite Bild
settings-profile-header-remove = Breites Bild entfernen
settings-profile-reach = Wie andere Sie finden und Ihnen folgen
settings-profile-locked = Ich möchte gefragt werden, bevor mir jemand folgt
settings-profile-locked-hint = Beiträge an Follower gehen dann nur an Menschen, denen Sie zugestimmt haben.
settings-profile-discoverable = Anderen vorschlagen, mir zu folgen
settings-profile-discoverable-hint = Sie stehen im Verzeichnis dieses Servers und werden vielleicht Menschen vorgeschlagen, die dieselben Leute kennen wie Sie.
settings-profile-indexable = Andere dürfen meine öffentlichen Beiträge anhand ihrer Wörter finden
settings-profile-indexable-hint = Auch Suchmaschinen dürfen sie dann aufnehmen.
settings-profile-bot = Dieses Konto ist automatisiert
settings-profile-bot-hint = Andere sehen, dass hier ein Programm schreibt.
settings-profile-author = Was Sie anderswo schreiben
settings-profile-domains = Websites, die Ihnen Texte zuschreiben dürfen
settings-profile-domains-hint = Je Zeile eine Domain, höchstens zehn, etwa blog.example.com. Verlinkt jemand eine Seite von dort, die Sie nennt, steht Ihr Name darunter.
settings-profile-save = Profil speichern

# Appearance.
settings-appearance = Aussehen und Sprache
settings-appearance-lead = Wie diese Seiten für Sie aussehen. Für andere ändert sich nichts.
settings-theme = Farben
settings-theme-system = Wie Ihr Gerät
settings-theme-light = Hell
settings-theme-dark = Dunkel
settings-text = Schriftgröße
settings-text-normal = Normal
settings-text-large = Groß
settings-text-larger = Größer
settings-motion = Bewegung
settings-motion-system = Wie Ihr Gerät
settings-motion-still = Nichts bewegt sich
settings-language = Sprache dieser Seiten
settings-language-browser = Wie Ihr Browser
settings-language-hint = Beiträge bleiben in der Sprache, in der sie geschrieben wurden.
settings-zone = Zeitzone
settings-zone-hint = Ein Name wie Europe/Vienna; leer für UTC. Jetzt ist es { $now }.
settings-appearance-save = Aussehen speichern

# Posting.
settings-posting = Schreiben
settings-posting-lead = Womit ein neuer Beitrag beginnt, hier und in Ihren Apps. Bei jedem Beitrag können Sie anders entscheiden.
settings-posting-audience = An
settings-posting-audience-hint = Für wen ein neuer Beitrag ist, wenn Sie nichts anderes sagen.
settings-posting-followers = Ihre Follower
settings-posting-language = Sprache, in der Sie schreiben
settings-posting-language-none = Nicht angeben
settings-posting-quotes = Wer Ihre Beiträge zitieren darf
settings-posting-quotes-all = Alle
settings-posting-quotes-followers = Ihre Follower
settings-posting-quotes-nobody = Nur Sie selbst
settings-posting-sensitive = Bilder verbergen, bis jemand sie sehen möchte
settings-posting-sensitive-hint = Für Konten, die meist etwas zeigen, das nicht für alle Augen bestimmt ist.
settings-posting-save = Vorgaben speichern

# Filters.
settings-filters = Filter
settings-filters-lead = Was Sie nicht oder nur nach einer Warnung lesen möchten.
settings-filters-empty = Sie haben keine Filter. Erstellen Sie einen für ein Thema, von dem Sie genug haben.
settings-filter-new = Filter erstellen
settings-filter-title = Name des Filters
settings-filter-title-hint = Er steht in der Warnung anstelle des Beitrags.
settings-filter-keywords = Wörter
settings-filter-keywords-hint = Ein Beitrag, in dem eines davon vorkommt, wird gefiltert. Leeren Sie eine Zeile, um sie zu entfernen.
settings-filter-keyword = Wort oder Wörter
settings-filter-whole = Nur ganze Wörter
settings-filter-where = Wo er gilt
settings-filter-home = Startseite und Listen
settings-filter-notifications = Benachrichtigungen
settings-filter-public = Öffentliche Timelines
settings-filter-thread = Unterhaltungen
settings-filter-account = Profile
settings-filter-action = Was damit geschieht
settings-filter-warn = Hinter einer Warnung verbergen
settings-filter-blur = Bilder verbergen
settings-filter-hide = Weglassen
settings-filter-duration = Wie lange
settings-filter-forever = Bis ich ihn lösche
settings-filter-hour = Ab jetzt eine Stunde
settings-filter-day = Ab jetzt einen Tag
settings-filter-week = Ab jetzt eine Woche
settings-filter-month = Ab jetzt 30 Tage
settings-filter-unchanged = Wie bisher
settings-filter-until = bis { $when }
settings-filter-save = Filter speichern
settings-filter-delete = Diesen Filter löschen
settings-filter-delete-ask = Den Filter „{ $name }“ mit seinen Wörtern löschen?
settings-filter-delete-yes = „{ $name }“ löschen

# Import and export.
settings-data = Ihre Daten
settings-data-all = Alles
settings-data-all-text = Eine Datei (tar) mit Ihrem Profil, allem, was Sie geschrieben und geteilt haben, so wie andere Server es lesen, Ihren Listen, Ihren Bildern, Filmen und Aufnahmen mit deren Beschreibungen, und was sonst von Ihnen hier ist: Favoriten, Filter, Themen, Notizen, Einstellungen, Beiträge, die auf ihre Zeit warten, Sammlungen, Einladungen, Stimmen, Nachrichten an Sie, frühere Fassungen Ihrer Beiträge und was Ihnen die Moderation mitgeteilt hat. Sie entsteht, während Sie sie herunterladen; bricht das ab, bleibt nichts zurück, und Sie beginnen von vorn.
settings-data-all-posts =
    { $count ->
        [one] Ein Beitrag
       *[other] { $count } Beiträge
    }
settings-data-all-files =
    { $count ->
        [one] eine Datei
       *[other] { $count } Dateien
    }
settings-data-all-size = (etwa { $size })
settings-data-all-get = Alles herunterladen
settings-data-export = Listen zum Mitnehmen
settings-data-export-text = In den Formaten, die Mastodon und andere lesen.
settings-data-following = Wem Sie folgen
settings-data-followers = Wer Ihnen folgt
settings-data-blocks = Wen Sie blockieren
settings-data-mutes = Wen Sie stummschalten
settings-data-domain-blocks = Server, die Sie blockieren
settings-data-lists = Ihre Listen
settings-data-bookmarks = Ihre Lesezeichen
settings-data-import = Eine Liste mitbringen
settings-data-import-text = Von einem anderen Server, den Sie verlassen, oder eine Liste, die Sie aus Ihrem Umfeld bekommen haben.
settings-data-kind = Was für eine Liste das ist
settings-data-file = Die Datei
settings-data-file-hint = CSV, wie Mastodon es exportiert. Bis zu 2 MB.
settings-data-overwrite = Sie ersetzt, was ich habe
settings-data-overwrite-hint = Was nicht in der Datei steht, verschwindet. Sonst kommt sie zu dem hinzu, was Sie haben.
settings-data-import-begin = Liste einlesen
settings-data-brought = Zuletzt mitgebracht
settings-data-imported =
    { $count ->
        [one] Fertig: 1 Zeile wurde übernommen.
       *[other] Fertig: { $count } Zeilen wurden übernommen.
    }
settings-data-waiting =
    { $count ->
        [one] 1 Zeile steht noch aus. Laden Sie diese Seite neu, um zu sehen, wie weit es ist.
       *[other] { $count } Zeilen stehen noch aus. Laden Sie diese Seite neu, um zu sehen, wie weit es ist.
    }
settings-data-failures = Zeilen, aus denen nichts wurde

# Aliases, moving, the end.
settings-account = Umziehen und gehen
settings-aliases = Andere Konten von Ihnen
settings-aliases-text = Nennen Sie ein Konto hier, bevor Sie von dort hierher umziehen. Beide müssen sagen, dass sie zu Ihnen gehören.
settings-alias = Adresse des anderen Kontos
settings-alias-hint = Zum Beispiel name@example.org.
settings-alias-add = Das bin ich auch
settings-alias-remove = { $name } bin ich nicht
settings-move = Zu einem anderen Konto umziehen
settings-move-text = Follower von { $handle }, die einverstanden sind, folgen Ihnen dann am neuen Konto, und dieses kann nur noch gelesen werden. Ihre Beiträge bleiben hier. Nennen Sie dort zuerst dieses Konto als eines von Ihren.
settings-move-pause =
    { $count ->
        [one] Nach einem Tag können Sie wieder umziehen.
       *[other] Nach { $count } Tagen können Sie wieder umziehen.
    }
settings-move-target = Adresse des Kontos, zu dem Sie umziehen
settings-move-target-hint = Zum Beispiel name@example.org.
settings-move-go = Dorthin umziehen
settings-moved = Sie sind zu { $where } umgezogen.
settings-stay-text = Sie können zurückkommen. Follower, die mitgegangen sind, kommen nicht von selbst zurück.
settings-stay = { $handle } wieder verwenden
settings-delete = Konto löschen
settings-delete-text = Für immer: Das lässt sich nicht rückgängig machen.
settings-delete-go = { $handle } löschen …
settings-delete-title = { $handle } für immer löschen?
settings-delete-lead = Das lässt sich nicht rückgängig machen, auch nicht von den Betreibern dieses Servers.
settings-delete-posts = Ihre Beiträge, Bilder, Listen und Nachrichten werden hier gelöscht.
settings-delete-servers = Andere Server werden gebeten, dasselbe zu tun. Die meisten tun es; zwingen kann sie niemand.
settings-delete-name = Ihr Profilname wird niemandem sonst gegeben, und auch Ihnen nicht wieder.
settings-delete-first = Vorher die eigenen Daten herunterladen
settings-delete-confirm = Zur Sicherheit Ihr Profilname: { $name }
settings-delete-name-wrong = Das ist nicht Ihr Profilname. Geben Sie { $name } ein, oder verlassen Sie diese Seite.
settings-delete-yes = { $handle } für immer löschen
settings-delete-no = Behalten
settings-profile-avatar-description = Was darauf zu sehen ist
settings-profile-header-description = Was auf dem breiten Bild zu sehen ist
settings-profile-picture-hint = Für Menschen, die es nicht sehen.
settings-away = Stummgeschaltet und blockiert
settings-notices = Mitteilungen
settings-notices-lead = Was aus dem wird, was Menschen tun, die Sie nicht kennen. Was zurückgehalten wird, geht nicht verloren:
settings-notices-save = Speichern
settings-notices-accept = Mir mitteilen
settings-notices-filter = Zurückhalten
settings-notices-drop = Mir nicht mitteilen
settings-notices-not-following = Menschen, denen Sie nicht folgen
settings-notices-not-following-hint = Bis Sie sie zulassen.
settings-notices-not-followers = Menschen, die Ihnen nicht folgen
settings-notices-not-followers-hint = Auch, wer Ihnen erst seit weniger als drei Tagen folgt.
settings-notices-new-accounts = Neue Konten
settings-notices-new-accounts-hint = Solche, die es seit weniger als 30 Tagen gibt.
settings-notices-private-mentions = Nachrichten, um die Sie nicht gebeten haben
settings-notices-private-mentions-hint = Außer wenn sie Ihnen antworten oder Sie der Person folgen.
settings-notices-limited-accounts = Konten, die die Moderation eingeschränkt hat
settings-notices-limited-accounts-hint = Außer wenn Sie ihnen folgen.
