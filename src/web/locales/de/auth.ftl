# Getting in: passwords, e-mail, second factors, invitations; and the settings about them.
sign-in-again = Das hat zu lange gedauert oder hat zu oft nicht gestimmt. Bitte melden Sie sich noch einmal an.
sign-in-ended = Sie sind nicht mehr angemeldet, deshalb ist das nicht geschehen. Melden Sie sich an, und versuchen Sie es noch einmal.
sign-in-ended-written = Sie sind nicht mehr angemeldet, deshalb wurde das nicht gesendet. Was Sie geschrieben haben, steht unten: Kopieren Sie es, und melden Sie sich dann an. Mit JavaScript behält es dieses Gerät, und es steht wieder im Formular.
sign-in-written = Was Sie geschrieben haben
sign-in-changed = Ihr Passwort ist geändert, und Sie sind überall abgemeldet. Melden Sie sich mit dem neuen an.
sign-in-confirmed = Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden.
sign-in-unconfirmed = Öffnen Sie zuerst den Link, den wir an Ihre E-Mail-Adresse gesendet haben. Falls Sie ihn nicht finden: Er wurde eben noch einmal gesendet.
sign-up-reason = Warum möchten Sie mitmachen?
sign-up-reason-hint = Jemand liest das und lässt Sie herein. Ein oder zwei Sätze genügen.
waits-address = Sehen Sie in Ihre E-Mails
waits-address-text = Wir haben einen Link an { $email } gesendet. Öffnen Sie ihn, um zu bestätigen, dass die Adresse Ihnen gehört; dann können Sie sich anmelden.
waits-approval = Ihre Anfrage wurde gesendet
waits-approval-text = Jemand sieht sie an und lässt Sie herein. Dann können Sie sich anmelden.

second-title = Noch ein Schritt
second-or-code = Oder geben Sie einen Code ein
second-code = Code
second-code-hint = Die sechs Ziffern, die Ihre App anzeigt, oder einer Ihrer Wiederherstellungscodes.
second-wrong = Dieser Code stimmt nicht oder wurde schon verwendet. Warten Sie auf den nächsten, und versuchen Sie es noch einmal.
second-lost = Wenn Sie weder Ihre App noch einen Code mehr haben, wenden Sie sich an die Betreiber dieses Servers.

passkey-title = Mit einem Passkey anmelden
passkey-lead = Ihr Browser fragt nach Ihrem Finger, Ihrem Gesicht oder Ihrer PIN. Sie müssen weder Namen noch Passwort eingeben.
passkey-use = Passkey verwenden
passkey-needs-script = Passkeys brauchen JavaScript, und das ist in diesem Browser ausgeschaltet.
passkey-failed = Ihr Browser hat keinen Passkey geliefert. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.
passkey-password-instead = Stattdessen mit dem Passwort anmelden
passkey-refused = Dieser Passkey konnte nicht gespeichert werden. Bitte versuchen Sie es noch einmal.
passkey-new-title = Passkey hinzufügen
passkey-new-lead = Ein Passkey bleibt auf diesem Gerät oder in Ihrem Passwortmanager und wird mit Ihrem Finger, Ihrem Gesicht oder Ihrer PIN entsperrt. Niemand kann ihn durch Täuschung erlangen.
passkey-new-name = Name
passkey-new-name-hint = Damit Sie ihn von anderen unterscheiden, zum Beispiel „Telefon“ oder „Schlüssel im Büro“.
passkey-new-make = Passkey erstellen

sure-title = Sind Sie es?
sure-lead = Bevor Sie ändern, wie Sie sich anmelden, geben Sie noch einmal Ihr Passwort ein.
sure-wrong = Das ist nicht Ihr Passwort. Groß- und Kleinbuchstaben zählen.
sure-go-on = Weiter

reset-title = Passwort vergessen?
reset-lead = Geben Sie Ihre E-Mail-Adresse ein, und wir senden Ihnen einen Link, mit dem Sie ein neues wählen können.
reset-send = Link senden
reset-email-invalid = Geben Sie die ganze E-Mail-Adresse ein, mit einem @.
reset-sent = Falls jemand ein Konto mit dieser Adresse hat, ist ein Link unterwegs.
reset-sent-text = Er funktioniert ein Mal, innerhalb einer Stunde. Wenn nichts kommt, sehen Sie im Spam-Ordner nach, und prüfen Sie, mit welcher Adresse Sie sich registriert haben.
reset-without-mail = Dieser Server sendet keine E-Mails. Wer ihn betreibt, kann einen Link für Sie erstellen: Fragen Sie danach.
reset-choose = Neues Passwort wählen
reset-choose-lead = Für das Konto mit der Adresse { $email }.
reset-password = Neues Passwort
reset-signs-out = Sie werden überall abgemeldet, und Apps müssen Sie neu um Zugriff bitten.
reset-set = Passwort ändern

link-expired = Dieser Link funktioniert nicht mehr
link-expired-text = Er wurde schon verwendet oder ist zu alt. Sie können sich einen neuen senden lassen.
confirm-title = Ist das Ihre Adresse?
confirm-lead = { $email }
confirm-yes = Ja, das ist meine
confirm-no = Wenn Sie nicht wissen, worum es geht, schließen Sie diese Seite: Dann geschieht nichts.
confirm-taken = Diese Adresse hat jemand anderes
confirm-taken-text = Inzwischen hat ein anderes Konto hier diese Adresse bekommen. Wählen Sie eine andere.

invite-title = { $name } lädt Sie ein
invite-vouches = bürgt für Sie bei { $instance },
invite-until = Diese Einladung gilt bis { $date }.
invite-own = Das ist Ihre eigene Einladung. Geben Sie die Adresse denen, die Sie einladen möchten.
invite-common = Wen Sie beide kennen
invite-tie = Wenn Sie annehmen, folgen Sie und { $name } einander.
invite-accept = Annehmen
invite-join = Erstellen Sie ein Konto, und Sie und { $name } folgen einander.
invite-sign-in = Oder melden Sie sich an, wenn Sie hier ein Konto haben.
invite-elsewhere = Wenn Sie ein Konto auf einem anderen Server haben, brauchen Sie hier keines: Suchen Sie dort nach { $handle }.

security-title = Wie Sie sich anmelden
security-password = Passwort
security-password-text = Ein neues Passwort meldet Sie überall ab, nur hier nicht. Apps müssen Sie neu um Zugriff bitten.
security-password-done = Ihr Passwort ist geändert. Sie sind überall abgemeldet, nur hier nicht.
security-second = Zweiter Schritt
security-second-text = Mit einem zweiten Schritt genügt Ihr Passwort allein niemandem, der es erfahren hat. Richten Sie zwei Wege ein, damit Sie sich nicht aussperren, wenn Sie einen verlieren.
security-passkeys = Passkeys
security-passkeys-text = Ein Passkey genügt für sich allein und dient nach Ihrem Passwort als zweiter Schritt.
security-passkey-unnamed = Ein Passkey
security-passkey-made = Hinzugefügt am { $date }.
security-passkey-used = Zuletzt verwendet am { $date }.
security-passkey-rename = Umbenennen
security-passkey-rename-of = Ein neuer Name für { $name }
security-passkey-remove = { $name } entfernen
security-passkey-remove-ask = Den Passkey „{ $name }“ entfernen? Er lässt Sie dann nicht mehr herein. Um ihn wieder zu verwenden, müssten Sie ihn neu hinzufügen.
security-passkey-remove-yes = Ja, { $name } entfernen
security-passkey-add = Passkey hinzufügen
security-passkey-done = Ihre Passkeys sind, wie Sie es wollten.
security-passkey-off-done = Der Passkey ist entfernt.
security-app = Eine App, die Codes erzeugt
security-app-on = Ihre App erzeugt Codes für dieses Konto.
security-app-off = Eine solche App zeigt jede halbe Minute einen neuen Code. Viele Passwortmanager können das.
security-app-add = App einrichten
security-app-remove = App nicht mehr verwenden
security-app-remove-ask = Die App für Codes nicht mehr verwenden? Ihre Codes werden dann nicht mehr verlangt. Um sie wieder zu verwenden, müssten Sie sie neu einrichten.
security-app-remove-yes = Ja, App nicht mehr verwenden
security-app-off-done = Nach den Codes Ihrer App wird nicht mehr gefragt.
security-codes-left = { $count ->
    [one] Ein Code ist übrig.
   *[other] { $count } Codes sind übrig.
 }
security-codes-text = Mit jedem können Sie sich ein Mal anmelden, wenn Sie Ihre App oder Ihren Passkey verlieren.
security-codes-make = Neue Codes erstellen
security-codes-make-ask = Neue Codes erstellen? Die jetzigen gelten dann sofort nicht mehr.
security-codes-make-yes = Ja, neue Codes erstellen

app-title = Eine App einrichten, die Codes erzeugt
app-scan = Scannen Sie das mit der App:
app-picture = QR-Code mit dem Schlüssel für Ihre App
app-type = Wenn Sie ihn nicht scannen können, geben Sie diesen Schlüssel in die App ein:
app-open = In einer App auf diesem Gerät öffnen
app-code = Code
app-code-hint = Die sechs Ziffern, die die App jetzt anzeigt.
app-wrong = Dieser Code stimmt nicht. Prüfen Sie, ob die Uhr Ihres Geräts richtig geht, und versuchen Sie es mit dem nächsten.
app-confirm = Diese App verwenden
app-cancel = Abbrechen

codes-title = Wiederherstellungscodes
codes-lead = Bewahren Sie sie sicher auf: Sie werden nur dieses eine Mal angezeigt.
codes-text = Wenn Sie Ihre App oder Ihren Passkey verlieren, können Sie sich mit jedem ein Mal anmelden. Frühere Codes gelten nicht mehr.
codes-have = Das ist eingerichtet. Die Wiederherstellungscodes, die Sie haben, gelten weiter.
codes-done = Ich habe sie aufbewahrt

sessions-title = Wo Sie angemeldet sind
sessions-lead = Beenden Sie, was Sie nicht kennen oder nicht mehr brauchen.
sessions-browsers = Browser
sessions-unnamed = ein Browser, der sich nicht zu erkennen gibt
sessions-since = Seit { $date }
sessions-this = Dieser hier
sessions-end = Abmelden
sessions-end-others = Alle anderen abmelden
sessions-apps = Apps
sessions-no-apps = Sie haben keiner App den Zugriff erlaubt.
sessions-end-app = Zugriff beenden

email-title = E-Mail-Adresse
email-now = Ihre Adresse ist
email-new = Neue Adresse
email-hint = Wir senden einen Link dorthin. Die neue Adresse gilt, sobald Sie ihn geöffnet haben; an die alte geht eine Nachricht darüber.
email-hint-without-mail = Dieser Server sendet keine E-Mails: Die neue Adresse gilt sofort. Sie können sich mit ihr anmelden.
email-change = Adresse ändern
email-same = Das ist schon Ihre Adresse.
email-too-often = Wir haben an diese Adresse schon mehrmals geschrieben. Versuchen Sie es in einer Stunde noch einmal.
email-sent = Öffnen Sie innerhalb eines Tages den Link, den wir an die neue Adresse gesendet haben. Bis dahin gilt die alte.
email-done = Ihre Adresse ist geändert.

invitations-title = Einladungen
invitations-lead = Wen Sie einladen, bekommt hier ein Konto, ohne nach Gründen gefragt zu werden, und Sie folgen einander. Sie bürgen dafür.
invitations-impossible = Hier kann niemand eingeladen werden. Wer diesen Server betreibt, legt die Konten an.
invitations-made = Geben Sie diese Adresse denen, die Sie einladen möchten. Sie wird nur dieses eine Mal angezeigt.
invitations-note = Ein paar Worte dazu
invitations-note-hint = Warum Sie diese Menschen gern hier hätten. Das steht auf der Seite der Einladung.
invitations-note-wrong = Schreiben Sie höchstens { $most } Zeichen.
invitations-uses = Für wie viele Personen
invitations-uses-wrong = Geben Sie eine Zahl von 1 bis { $most } ein.
invitations-days = Für wie viele Tage
invitations-days-wrong = Geben Sie eine Zahl von 1 bis { $most } ein.
invitations-too-many = Sie haben zu viele Einladungen, die noch gelten. Nehmen Sie zuerst einige zurück.
invitations-make = Einladung erstellen
invitations-yours = Ihre Einladungen
invitations-none = Sie haben noch niemanden eingeladen.
invitations-left = { $count ->
    [one] Für noch eine Person,
   *[other] Für noch { $count } Personen,
 }
invitations-until = bis { $date }.
invitations-revoked = Zurückgenommen.
invitations-used = Verbraucht.
invitations-expired = Abgelaufen.
invitations-came = Damit gekommen:
invitations-revoke = Zurücknehmen
invitations-revoke-ask = Diese Einladung zurücknehmen? Niemand kann dann mehr über ihre Adresse kommen. Wer schon kam, bleibt.
invitations-revoke-ask-note = Die Einladung „{ $note }“ zurücknehmen? Niemand kann dann mehr über ihre Adresse kommen. Wer schon kam, bleibt.
invitations-revoke-yes = Ja, zurücknehmen

letter-hello = Guten Tag { $name },
letter-foot = Diese Nachricht wurde von { $domain } gesendet. Antworten darauf liest niemand.
letter-confirm = Bestätigen Sie Ihre Adresse
letter-confirm-lead = jemand, vermutlich Sie, hat mit dieser Adresse ein Konto erstellt. Öffnen Sie diese Seite, um zu bestätigen, dass sie Ihnen gehört:
letter-confirm-after = Der Link funktioniert eine Woche lang. Wenn Sie es nicht waren, tun Sie nichts.
letter-change = Bestätigen Sie Ihre neue Adresse
letter-change-lead = Sie möchten diese Adresse ab jetzt für Ihr Konto verwenden. Öffnen Sie diese Seite, um zu bestätigen, dass sie Ihnen gehört:
letter-change-after = Der Link funktioniert einen Tag lang. Wenn Sie nicht wissen, worum es geht, tun Sie nichts.
letter-reset = Wählen Sie ein neues Passwort
letter-reset-lead = jemand, vermutlich Sie, hat das Passwort Ihres Kontos vergessen. Auf dieser Seite können Sie ein neues wählen:
letter-reset-after = Der Link funktioniert ein Mal, innerhalb einer Stunde. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
letter-appeal-approved = Sie haben gegen etwas Einspruch erhoben, das Ihnen die Moderation mitgeteilt hat. Es wurde zurückgenommen:
letter-appeal-rejected = Sie haben gegen etwas Einspruch erhoben, das Ihnen die Moderation mitgeteilt hat. Sie hat es gelesen, und es bleibt dabei:
letter-admitted = Ihre Registrierung bei { $instance } wurde freigegeben. Sie können sich jetzt anmelden:
letter-rejected-subject = Ihre Registrierung bei { $instance }
letter-rejected = Sie wollten sich bei { $instance } registrieren. Die Moderation hat das nicht freigegeben.
letter-rejected-after = Ihre Angaben wurden gelöscht. Sie müssen nichts weiter tun.
letter-notice = Ihr Konto bei { $instance }
letter-when = Das war am { $time }.
letter-not-you = Wenn Sie es nicht waren, kennt vielleicht jemand Ihr Passwort. Wählen Sie ein neues, und prüfen Sie, wo Sie angemeldet sind:
letter-password-changed = das Passwort Ihres Kontos wurde geändert, und alle Browser und Apps wurden abgemeldet.
letter-email-changed = die E-Mail-Adresse Ihres Kontos wurde geändert. Diese Nachricht geht an die alte.
letter-totp-on = für Ihr Konto wurde eine App eingerichtet, die Codes erzeugt. Nach dem Passwort wird ab jetzt nach einem Code gefragt.
letter-totp-off = die App, die Codes erzeugt, wurde von Ihrem Konto entfernt.
letter-passkey-added = zu Ihrem Konto wurde ein Passkey hinzugefügt.
letter-passkey-removed = von Ihrem Konto wurde ein Passkey entfernt.
letter-second-off = wer den Server betreibt, hat den zweiten Schritt von Ihrem Konto entfernt. Das Passwort allein genügt jetzt.
letter-codes-made = für Ihr Konto wurden neue Wiederherstellungscodes erstellt. Die alten gelten nicht mehr.
letter-code-used = mit einem der Wiederherstellungscodes Ihres Kontos hat sich jemand angemeldet.
letter-new-browser = bei Ihrem Konto hat sich jemand mit einem Browser angemeldet, der dafür noch nie verwendet wurde: { $browser }.
second-closed = { $count ->
    [one] Zu viele Codes waren falsch. Eine Minute lang wird keiner angenommen. Ein Passkey oder ein Wiederherstellungscode lässt Sie weiterhin herein. Wenn nicht Sie es waren, kennt jemand Ihr Passwort: Wählen Sie ein neues.
   *[other] Zu viele Codes waren falsch. { $count } Minuten lang wird keiner angenommen. Ein Passkey oder ein Wiederherstellungscode lässt Sie weiterhin herein. Wenn nicht Sie es waren, kennt jemand Ihr Passwort: Wählen Sie ein neues.
 }
security-guessed = Jemand hat versucht, hereinzukommen
security-codes-guessed = Nach Ihrem Passwort wurde { $count }-mal ein falscher Code eingegeben.
security-password-guessed = { $count }-mal wurde ein falsches Passwort eingegeben.
security-guessed-last = Zuletzt war das am { $time }.
security-guessed-text = Wenn Sie das nicht waren: Falsche Codes gibt ein, wer Ihr Passwort kennt; wählen Sie also ein neues. Falsche Passwörter sind keine Gefahr, solange Ihres lang ist und nirgends sonst verwendet wird.
letter-taken = jemand, vielleicht Sie selbst, wollte sich mit Ihrer Adresse registrieren. Sie haben bereits ein Konto, deshalb wurde kein weiteres angelegt.
letter-taken-after = Wenn Sie es waren, melden Sie sich an. Wenn Sie Ihr Passwort vergessen haben, können Sie hier ein neues wählen:
letter-codes-guessed = jemand hat Ihr richtiges Passwort und dann { $count } falsche Codes eingegeben. Eine Zeit lang wird kein Code angenommen; Passkeys und Wiederherstellungscodes lassen Sie weiterhin herein.
letter-password-guessed = jemand hat { $count } falsche Passwörter für Ihr Konto eingegeben. Hereingekommen ist niemand.
