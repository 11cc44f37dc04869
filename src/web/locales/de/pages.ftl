# What all pages share.
skip-to-content = Zum Inhalt springen
main-navigation = Hauptmenü
sign-in = Anmelden
sign-up = Konto erstellen
sign-out = Abmelden
about = Über diesen Server
footer-source = Quellcode
footer-runs = Hier läuft Pollen { $version }, freie Software unter der AGPL.

words-privacy-policy = Datenschutzerklärung
words-terms-next = Ab { $when }
words-terms-of-service = Nutzungsbedingungen

# The front page.
home-what = Ein Lernnetzwerk
home-lead = Hier lernen Menschen bei der Arbeit voneinander: innerhalb von { $name } und mit Menschen in anderen Organisationen.
home-ask = Fragen
home-ask-text = Stellen Sie eine Frage, und hören Sie von Menschen, die so etwas schon gemacht haben, hier oder anderswo.
home-share = Weitergeben
home-share-text = Geben Sie in einer Minute weiter, was Sie gefunden oder gelernt haben, mit der App, die Sie schon verwenden.
home-belong = Dazugehören
home-belong-text = Treten Sie Gruppen zu einem Thema bei. Niemand wird gereiht, bewertet oder gezählt.
home-groups = Gruppen hier
home-own-client = Jede Mastodon-App funktioniert. Dieser Server ist Teil eines offenen Netzes: Menschen anderswo können Menschen und Gruppen hier folgen, und umgekehrt.
home-closed = Neue Konten legt an, wer diesen Server betreibt. Fragen Sie dort, wenn Sie eines möchten.
home-connect = In fünf Minuten eine App verbinden
home-connect-lead = Sie lesen und schreiben mit einer beliebigen Mastodon-App.
home-step-app = App auswählen
home-step-app-text = Im Browser: Phanpy oder Elk. Am Telefon: Ice Cubes oder Ivory (iPhone), Tusky oder Mastodon (Android). Am Schreibtisch: Tuba.
home-step-server = Namen dieses Servers eingeben
home-step-server-text = Die App fragt nach einem Server oder einer Instanz. Geben Sie ein:
home-step-sign-in = Anmelden
home-step-sign-in-text = Die App bringt Sie hierher zurück. Melden Sie sich an, und erlauben Sie den Zugriff.
home-step-follow = Menschen und Gruppen folgen
home-step-follow-text = Suchen Sie nach einem Namen wie { $handle }. Auch Namen von anderen Servern funktionieren.
home-you-are = Andere finden Sie als

# About this server.
about-rules = Regeln
about-no-rules = Es gibt keine geschriebenen Regeln. Seien Sie so rücksichtsvoll wie im Büro.
about-contact = Kontakt
about-no-contact = Fragen Sie die Person, von der Sie die Adresse dieses Servers haben.
about-data = Was wo gespeichert wird
about-data-text = Beiträge und Konten speichert { $name } auf dem eigenen Server. Ein Beitrag geht an die Server der Menschen, an die er gerichtet ist, und sonst an niemanden. Es gibt keine Werbung, und nichts über Sie wird gezählt und anderen gezeigt.
about-software = Software
about-software-text = Auf diesem Server läuft Pollen { $version }. Sie dürfen den Quellcode lesen, verwenden und ändern.

# Signing in and registering.
form-problem = Etwas stimmt noch nicht
form-expired = Diese Seite war zu lange geöffnet, oder Ihr Browser speichert keine Cookies für sie. Bitte versuchen Sie es noch einmal.
sign-in-for-client = Eine App bittet Sie, sich anzumelden. Auf der nächsten Seite entscheiden Sie, was sie darf.
sign-in-login = E-Mail-Adresse oder Profilname
sign-in-password = Passwort
sign-in-wrong = Dieser Name und dieses Passwort gehören nicht zusammen. Prüfen Sie beides; im Passwort zählt die Großschreibung. Wenn Ihr Konto neu ist, öffnen Sie zuerst den Link in unserem Brief.
sign-in-not-yet = Sie können sich noch nicht oder nicht mehr anmelden. Wenden Sie sich an die Betreiber dieses Servers.
sign-in-no-account = Noch kein Konto?
closed-how = So bekommen Sie ein Konto
closed-text = Bei { $name } kann sich niemand selbst registrieren.
closed-ask = Um ein Konto bitten
sign-up-username = Profilname
sign-up-username-hint = Buchstaben ohne Umlaute, Ziffern und Unterstriche. Andere sehen ihn, und er lässt sich nicht ändern.
sign-up-username-taken = Diesen Profilnamen hat schon jemand. Wählen Sie einen anderen.
sign-up-username-reserved = Dieser Profilname ist dem Server selbst vorbehalten. Wählen Sie einen anderen.
sign-up-username-invalid = Verwenden Sie 1 bis 30 Buchstaben ohne Umlaute, Ziffern und Unterstriche.
sign-up-email = E-Mail-Adresse
sign-up-email-hint = Nur zum Anmelden. Niemand sieht sie.
sign-up-email-taken = Mit dieser Adresse gibt es schon ein Konto. Möchten Sie sich anmelden?
sign-up-email-refused = Adressen dieses Anbieters werden hier nicht angenommen. Verwenden Sie eine andere.
sign-up-email-invalid = Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.org.
sign-up-password-hint = Mindestens { $count } Zeichen. Ein paar Wörter, die nichts miteinander zu tun haben, sind ein gutes Passwort.
sign-up-password-short = Geben Sie ein Passwort mit mindestens { $count } und höchstens 256 Zeichen ein.
sign-up-agreement = Ich stimme diesen Regeln zu
sign-up-agreement-missing = Sie können nur mitmachen, wenn Sie den Regeln zustimmen.
sign-up-rules = Die Regeln hier
sign-up-have-account = Schon ein Konto?

# A client asks for access.
authorize = { $client } den Zugriff erlauben?
authorize-lead = { $client } möchte Ihr Konto verwenden
authorize-may = Die App kann dann
authorize-may-not = Ihr Passwort sieht sie nie.
authorize-website = Ihre Website:
authorize-destination = Sie werden zu { $host } zurückgeleitet.
authorize-allow = { $client } erlauben
authorize-deny = Nicht erlauben
authorize-other = Das sind nicht Sie? Melden Sie sich ab, und öffnen Sie die App noch einmal.
code-title = Code kopieren
code-text = Geben Sie ihn in { $client } ein. Er gilt zehn Minuten lang und nur ein Mal.
code-label = Code
refused-title = Diese App bekommt keinen Zugriff
refused-client = Die App ist hier nicht bekannt. Entfernen Sie diesen Server in der App, und fügen Sie ihn neu hinzu.
refused-redirect = Die App wollte Sie zu einer Adresse leiten, die sie bei ihrer Registrierung nicht genannt hat. Dorthin wurde nichts gesendet.
refused-denied = Sie haben den Zugriff nicht erlaubt, also hat die App nichts bekommen. Sie können diese Seite schließen.
refused-other = Die App hat auf eine Weise gefragt, die hier nicht verstanden wird ({ $code }). Wer sie herstellt, kann mehr dazu sagen.
scope-read = alles lesen, was Sie lesen können
scope-write = in Ihrem Namen schreiben, antworten, favorisieren und Ihr Profil ändern
scope-follow = in Ihrem Namen anderen folgen, sie stummschalten und blockieren
scope-push = Sie über Neues benachrichtigen
scope-profile = Ihren Namen und Ihr Profilbild sehen
scope-admin = den Server verwalten, soweit Sie selbst es dürfen
scope-read-parts = Folgendes von Ihnen lesen: { $parts }
scope-write-parts = Folgendes von Ihnen ändern: { $parts }
part-accounts = Profil
part-blocks = blockierte Konten
part-bookmarks = Lesezeichen
part-conversations = Nachrichten
part-favourites = Favoriten
part-filters = Filter
part-follows = Gefolgte
part-lists = Listen
part-media = Bilder und Dateien
part-mutes = stummgeschaltete Konten
part-notifications = Benachrichtigungen
part-reports = Meldungen
part-search = Suchergebnisse
part-statuses = Beiträge

# People, groups, posts.
person-title = { $name }
group-title = { $name }, eine Gruppe
person-group = Gruppe
person-bot = Automatisiert
person-joined = Hier seit { $when }
person-own = So sehen andere Sie.
group-join = So treten Sie bei
group-join-text = Kopieren Sie diesen Namen in die Suche Ihrer App, auf einem beliebigen Server, und folgen Sie dem Konto:
group-write-text = Erwähnen Sie die Gruppe in einem Beitrag, um ihren Mitgliedern zu schreiben.
group-threads = Unterhaltungen
group-empty = Hier wurde noch nichts geschrieben. Wer dieser Gruppe folgt, kann den Anfang machen.
posts = Beiträge
posts-empty = Hier ist noch nichts, das Sie sehen können.
posts-older = Ältere Beiträge
posts-newest = Neueste Beiträge
posts-end = Das ist alles.
post-boosted = { $name } hat das geteilt
post-quoted = { $name } hat geschrieben
post-in-group = in { $name }
post-edited = bearbeitet am
card-by = von
history-title = Fassungen eines Beitrags von { $name }
history-lead = Die neueste kommt zuerst. Wer den Beitrag sehen darf, darf auch sie lesen.
history-never = Er wurde nie bearbeitet.
history-post = Zurück zum Beitrag
history-now = So ist er jetzt
history-before = So war er vorher
history-first = So wurde er zuerst geschrieben
history-since = Seit { $when }
post-replies =
    { $count ->
        [one] 1 Antwort
       *[other] { $count } Antworten
    }
post-replies-heading = Antworten
post-no-replies = Noch keine Antworten. Öffnen Sie diesen Beitrag in Ihrer App, um zu antworten.
post-earlier = Frühere Beiträge
post-more-replies = Weitere Antworten
post-first-replies = Die ersten Antworten
post-before = Was davor geschrieben wurde
post-parent-missing = Dies ist die Antwort auf einen Beitrag, der hier nicht gezeigt wird.
post-to = An
poll-votes =
    { $count ->
        [one] 1 Stimme
       *[other] { $count } Stimmen
    }
poll-voters =
    { $count ->
        [one] 1 Person hat abgestimmt
       *[other] { $count } Personen haben abgestimmt
    }
poll-open = abstimmen in Ihrer App bis
poll-hidden = abstimmen in Ihrer App; das Ergebnis erscheint am
poll-ended = beendet am
media-sensitive = Inhalt mit Warnung. Anzeigen
media-undescribed = Ein Bild ohne Beschreibung
media-open-video = Video öffnen
media-open-audio = Aufnahme öffnen
media-open-file = Angehängte Datei öffnen
kind-question = Frage
kind-resource = Fundstück
kind-today-i-learned = Heute gelernt
kind-lesson = Gewonnene Erfahrung
audience-public = Alle
audience-unlisted = Alle, aber still
audience-followers = Follower von { $name }
audience-direct = Nur Erwähnte
audience-organisation = Alle bei { $name }, sonst niemand
audience-partners = { $name } und Partner
audience-group = Mitglieder von { $name }
tag-lead = Öffentliche Beiträge mit diesem Hashtag
tag-empty = Diesen Hashtag hat noch niemand in einem öffentlichen Beitrag verwendet, der diesen Server erreicht hat.

# When something goes wrong.
error-not-found = Hier ist nichts
error-not-found-advice = Die Adresse ist vielleicht falsch geschrieben, oder was hier war, ist nicht für Sie bestimmt. Wenn Sie ein Konto haben, melden Sie sich an und versuchen Sie es noch einmal.
error-not-found-known = Die Adresse ist vielleicht falsch geschrieben, oder was hier war, gibt es nicht mehr, oder es ist nicht für Sie bestimmt.
error-forbidden = Das dürfen Sie nicht
error-forbidden-advice = Melden Sie sich mit einem Konto an, das es darf, oder wenden Sie sich an die Betreiber dieses Servers.
error-gone = Das gibt es nicht mehr
error-gone-advice = Es war hier, und wer es geschrieben hat, hat es gelöscht.
error-form = Das hat nicht funktioniert
error-form-advice = Die Seite war zu lange geöffnet oder wurde unvollständig gesendet. Gehen Sie zurück, laden Sie sie neu, und versuchen Sie es noch einmal.
error-limited = Zu viele Versuche
error-limited-advice = Bitte warten Sie einige Minuten, und versuchen Sie es dann noch einmal.
error-unavailable = Im Moment nicht
error-unavailable-advice = Der Server kann das gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.
error-internal = Bei uns ist etwas schiefgegangen
error-internal-advice = Der Fehler wurde aufgezeichnet. Bitte versuchen Sie es noch einmal; wenn es wieder geschieht, wenden Sie sich an die Betreiber dieses Servers.
error-home = Zur Startseite

# Days and times. $month is a number, $time such as 14:05, $zone what the reader's time is called.
time-moment = { $day }. { time-month-short } { $year }, { $time } { $zone ->
        [CET] MEZ
        [CEST] MESZ
       *[other] { $zone }
    }
time-day = { $day }. { time-month-short } { $year }
time-month = { time-month-long } { $year }
time-month-short =
    { $month ->
        [1] Jan.
        [2] Feb.
        [3] März
        [4] Apr.
        [5] Mai
        [6] Juni
        [7] Juli
        [8] Aug.
        [9] Sept.
        [10] Okt.
        [11] Nov.
       *[12] Dez.
    }
time-month-long =
    { $month ->
        [1] Januar
        [2] Februar
        [3] März
        [4] April
        [5] Mai
        [6] Juni
        [7] Juli
        [8] August
        [9] September
        [10] Oktober
        [11] November
       *[12] Dezember
    }

# A number with one place behind it, such as 1.5.
number-with-tenth = { $whole },{ $tenth }
