# What those who run the instance see and do.
admin-navigation = Verwaltung
admin-overview = Überblick
admin-reports = Meldungen
admin-accounts = Menschen und Gruppen
admin-servers = Andere Server
admin-announcements = Ankündigungen
admin-rules = Regeln
admin-instance = Dieser Server
admin-emoji = Emojis
admin-queues = Was wartet und was nicht gelang
admin-storage = Speicher
admin-audit = Was getan wurde
admin-find = Suchen
admin-more = Mehr
admin-confirm = Geben Sie zur Sicherheit { $name } ein
admin-confirm-wrong = Das ist nicht der Name. Geben Sie { $name } ein, oder lassen Sie es.

# Overview and storage.
admin-overview-pending = Warten auf Freigabe
admin-overview-pending-none = Niemand wartet auf eine Freigabe.
admin-overview-pending-all = Alle, die warten
admin-overview-work = Die Arbeit des Servers selbst
admin-overview-work-well = Alles in Ordnung: Nichts ist misslungen, und alle anderen Server sind erreichbar.
admin-overview-look = Ansehen
admin-overview-failed =
    { $count ->
        [one] 1 Aufgabe wurde beiseitegelegt.
       *[other] { $count } Aufgaben wurden beiseitegelegt.
    }
admin-overview-failing =
    { $count ->
        [one] 1 anderer Server ist nicht erreichbar.
       *[other] { $count } andere Server sind nicht erreichbar.
    }
admin-storage-lead = Bilder, Filme und Aufnahmen in der Dateiablage.
admin-storage-ours = Von Menschen hier
admin-storage-copies = Kopien von anderen Servern
admin-storage-files =
    { $count ->
        [one] 1 Datei
       *[other] { $count } Dateien
    }
admin-storage-cache = Kopien werden bis zu { $most } aufbewahrt (media.remote_cache_bytes); was am längsten niemand angesehen hat, geht zuerst und wird wieder geholt, wenn es jemand ansieht.

# Accounts.
admin-accounts-find = Name
admin-accounts-find-hint = Der Anfang eines Namens, eine E-Mail-Adresse, eine ganze Adresse wie @ada@example.org oder ein Server wie example.org.
admin-accounts-where = Wo
admin-accounts-local = Hier
admin-accounts-remote = Auf anderen Servern
admin-accounts-everywhere = Überall
admin-accounts-state = Status
admin-accounts-any = Beliebig
admin-accounts-staff = Moderation und Verwaltung
admin-accounts-none = So jemand ist hier nicht bekannt.
admin-state-active = Aktiv
admin-state-pending = Wartet auf Freigabe
admin-state-disabled = Darf sich nicht anmelden
admin-state-sensitized = Medien mit Warnung
admin-state-silenced = Eingeschränkt
admin-state-suspended = Gesperrt
admin-role-user = Ohne besondere Rolle
admin-role-moderator = Moderation
admin-role-admin = Verwaltung
admin-role-owner = Leitung
admin-account-email = E-Mail
admin-account-since = Seit
admin-account-last = Zuletzt angemeldet
admin-account-reason = Warum dieser Mensch mitmachen möchte
admin-account-note = Profiltext
admin-account-beside = Über dieses Konto können Sie nicht bestimmen: Seine Rolle steht nicht unter Ihrer, oder es gehört einem Server selbst.
admin-account-do = Was getan werden kann
admin-account-text = Warum
admin-account-text-hint = Das wird mit dem aufbewahrt, was getan wurde, und der Person gezeigt, wenn Sie sie benachrichtigen.
admin-account-warns = Die Person benachrichtigen
admin-account-role = Rolle
admin-account-may = Was das Konto darf
admin-account-may-hint = Die Moderation kümmert sich um Menschen und Meldungen; die Verwaltung auch um den Server.
admin-account-role-save = Diese Rolle geben
admin-act-approve = Freigeben
admin-act-approve-about = Das Konto kann sofort verwendet werden.
admin-act-reject = Registrierung ablehnen
admin-act-reject-about = Die Registrierung wird gelöscht. Ihr Name ist wieder frei.
admin-act-warn = Etwas sagen
admin-act-warn-about = Sonst geschieht nichts.
admin-act-sensitive = Medien mit Warnung versehen
admin-act-sensitive-about = Bilder und Filme sind verborgen, bis jemand sie sehen möchte.
admin-act-unsensitive = Medien nicht mehr mit Warnung versehen
admin-act-silence = Einschränken
admin-act-silence-about = Die Beiträge erscheinen von selbst nur bei Followern.
admin-act-unsilence = Nicht mehr einschränken
admin-act-disable = Anmelden verbieten
admin-act-disable-about = Die Beiträge bleiben.
admin-act-enable = Anmelden wieder erlauben
admin-act-suspend = Sperren
admin-act-suspend-about = Überall abgemeldet, für niemanden zu sehen. 30 Tage lang lässt sich das zurücknehmen; dann werden Beiträge und Verbindungen gelöscht.
admin-act-unsuspend = Entsperren
admin-act-delete = Für immer löschen
admin-act-delete-about = Alles, was es von diesem Konto gibt, wird jetzt gelöscht. Das lässt sich nicht zurücknehmen.

# Reports.
admin-reports-none = Es warten keine Meldungen.
admin-reports-all = Alle offenen Meldungen
admin-reports-open = Offene Meldungen
admin-reports-resolved = Erledigte Meldungen
admin-report-title = Meldung über { $name }
admin-report-by = von { $name }
admin-report-assigned = { $name } kümmert sich darum
admin-report-spam = Spam
admin-report-legal = Verboten
admin-report-violation = Gegen die Regeln
admin-report-other = Etwas anderes
admin-report-from = Von
admin-report-when = Wann
admin-report-category = Was es ist
admin-report-comment = In eigenen Worten
admin-report-handles = Darum kümmert sich
admin-report-resolved = Erledigt
admin-report-assign = Ich kümmere mich darum
admin-report-unassign = Anderen überlassen
admin-report-resolve = Als erledigt markieren
admin-report-reopen = Wieder öffnen
admin-report-about = Um wen es geht
admin-report-act = Zu diesem Konto etwas tun
admin-report-forward = An den anderen Server weitergeben
admin-report-forward-ask = Die Meldung und die Adressen der Beiträge an den Server von { $name } senden? Er erfährt nicht, von wem die Meldung kommt.
admin-report-forward-yes = Weitergeben
admin-report-forwarded = Der andere Server wurde benachrichtigt.
admin-report-posts = Beiträge
admin-report-hidden = Einige Beiträge werden nicht gezeigt: Sie wurden gelöscht, oder wer sie gemeldet hat, darf sie nicht sehen.
admin-report-class = Berichtigen
admin-report-classify = Einordnung speichern
admin-report-notes = Notizen
admin-report-notes-none = Noch hat niemand eine Notiz geschrieben.
admin-report-note = Eine Notiz
admin-report-note-hint = Für andere in der Moderation. Wer gemeldet hat, sieht sie nicht.
admin-report-note-add = Notiz hinzufügen

# Other servers.
admin-servers-lead = Mit wem dieser Server spricht, und mit wem nicht.
admin-servers-queues = Ansehen, was auf sie wartet
admin-servers-find = Teil des Namens eines Servers
admin-servers-known = Hier bekannt
admin-servers-known-none = Mit einem Server, dessen Name das enthält, gab es noch nichts zu tun.
admin-servers-people = Personen und Gruppen von dort
admin-servers-all = Wieder alle zeigen
admin-servers-found-none = Keine, deren Name das enthält.
admin-servers-blocked = Gesperrt oder eingeschränkt
admin-servers-blocked-none = Keine. Sie sprechen mit allen, die sich an das Protokoll halten.
admin-servers-configured = In der Konfigurationsdatei
admin-server-no-media = Keine Medien
admin-server-suspend = Gesperrt
admin-server-silence = Eingeschränkt
admin-server-noop = Weder noch
admin-server-add = Einen Server sperren oder einschränken
admin-server-domain = Sein Name
admin-server-domain-hint = Zum Beispiel example.org. Das gilt für alle Namen darunter.
admin-server-severity = Wie weit
admin-server-severity-hint = Gesperrt: Nichts kommt von dort, und nichts geht dorthin. Eingeschränkt: Was von dort kommt, ist nur für die Follower hier. Weder noch: Nur was unten steht.
admin-server-media = Keine Bilder und Filme von dort annehmen
admin-server-media-hint = Es werden keine geholt oder weitergegeben.
admin-server-reports = Keine Meldungen von dort annehmen
admin-server-private = Warum, für andere in der Verwaltung
admin-server-private-hint = Sonst liest es niemand.
admin-server-public = Warum, für alle
admin-server-public-hint = Das steht in der Liste der gesperrten Server, wo sie gezeigt wird.
admin-server-obfuscate = In dieser Liste nur einen Teil des Namens zeigen
admin-server-save = Speichern
admin-server-remove = Zurücknehmen
admin-server-remove-ask = Zurücknehmen, was zu { $name } entschieden wurde? Konten, die damit geschlossen wurden, sind wieder offen. Getrennte Verbindungen bleiben getrennt.
admin-server-remove-yes = Wieder mit { $name } sprechen
admin-servers-allowed = Erlaubt
admin-servers-limited = Dieser Server spricht nur mit diesen Servern (federation.limited).
admin-servers-unlimited = Sie zählen nur, wenn federation.limited in der Konfigurationsdatei gesetzt ist. Im Moment ist es das nicht.
admin-server-allow-domain = Name eines Servers
admin-server-allow = Diesen Server erlauben
admin-server-disallow = { $name } nicht mehr erlauben
admin-servers-lists = Listen
admin-servers-export = Liste der gesperrten Server herunterladen
admin-servers-file = Eine Liste von Servern, die gesperrt werden
admin-servers-file-hint = CSV, wie Mastodon es exportiert, oder ein Name in jeder Zeile. Von einer Liste, in der ein Fehler ist, wird nichts übernommen.
admin-servers-overwrite = Ändern, was schon in der Liste steht
admin-servers-import = Diese Liste hinzufügen

# Rules, what the server says of itself.
admin-rules-lead = Wer mitmacht, stimmt ihnen zu. Wer etwas meldet, sagt, gegen welche verstoßen wurde.
admin-appeals = Einsprüche
admin-appeals-lead = Was Menschen gegen das sagen, was ihnen mitgeteilt wurde. Nehmen Sie es zurück, so wird aufgehoben, was mit dem Konto geschehen ist. Das wird ihnen geschrieben.
admin-appeals-none = Niemand wartet auf eine Antwort.
admin-appeal-said = Einspruch:
admin-appeal-approve = Zurücknehmen
admin-appeal-reject = Dabei bleiben
admin-rules-label = Eine Regel in jeder Zeile
admin-rules-hint = Meldungen kennen Regeln an ihrer Nummer; fügen Sie neue deshalb am Ende an.
admin-rules-save = Regeln speichern
admin-instance-lead = Was andere über diesen Server lesen, und wer mitmachen darf. Was Sie nicht ändern, ist so, wie es in der Konfigurationsdatei steht.
admin-instance-changed = Anders als in der Konfigurationsdatei:
admin-instance-title = Name
admin-instance-description = In ein, zwei Sätzen
admin-instance-description-hint = Auf der Startseite, in Apps und in Verzeichnissen von Servern.
admin-instance-contact = E-Mail-Adresse für Fragen
admin-instance-contact-hint = Alle können sie lesen.
admin-instance-registrations = Wer mitmachen darf
admin-instance-open = Alle
admin-instance-approval = Alle können anfragen; die Moderation gibt frei
admin-instance-invitation = Wer von jemandem hier eingeladen wird
admin-instance-closed = Niemand von sich aus
admin-instance-message = Wo niemand von sich aus mitmachen kann: warum, und wie man zu einem Konto kommt
admin-instance-message-hint = Wer ein Konto möchte, liest es, hier und in Apps. Markdown. Leer: Es steht nichts da.
admin-instance-elsewhere = Seite, auf der man um ein Konto bittet
admin-instance-elsewhere-hint = Wo Konten anderswo vergeben werden, etwa auf einer Seite in Ihrem eigenen Netz. Leer: Es gibt keine.
admin-instance-about = Über diesen Server, ausführlich
admin-instance-privacy = Datenschutzerklärung
admin-instance-terms = Nutzungsbedingungen
admin-instance-terms-from = Ab wann die Nutzungsbedingungen gelten
admin-instance-next = Künftige Nutzungsbedingungen
admin-instance-next-hint = Bis der Tag kommt, sind beide zu lesen; dann gelten diese von selbst. Markdown. Leer: Sie bleiben, wie sie sind.
admin-instance-next-from = Ab wann diese gelten
admin-instance-markdown = Markdown. Leer: keine.
admin-instance-save = Speichern

# Announcements.
admin-announcements-lead = Alle hier sehen sie in ihrer App, bis sie sie weglegen.
admin-announcement-text = Was Sie sagen möchten
admin-announcement-starts = Erster Tag dessen, worum es geht
admin-announcement-ends = Letzter Tag
admin-announcement-days = Lassen Sie beide Tage leer, wenn es um keinen Tag geht. Nach dem letzten wird sie nicht mehr gezeigt.
admin-announcement-send = Jetzt für alle ankündigen
admin-announcements-all = Bisher angekündigt
admin-announcements-none = Noch wurde nichts angekündigt.
admin-announcement-over = vorbei
admin-announcement-withdraw = Zurücknehmen
admin-announcement-ask = „{ $name }“ zurücknehmen? Die Ankündigung verschwindet aus allen Apps.
admin-announcement-yes = Für alle zurücknehmen

# Emoji.
admin-emoji-lead = Kleine Bilder, die alle hier mit einem Namen zwischen Doppelpunkten in ihre Texte setzen können.
admin-emoji-name = Name
admin-emoji-name-hint = Buchstaben von a bis z, Ziffern und Unterstriche, ohne die Doppelpunkte. Er lässt sich später nicht ändern.
admin-emoji-picture = Bild
admin-emoji-picture-hint = PNG, WebP, JPEG oder GIF mit bis zu 256 KB.
admin-emoji-category = Überschrift
admin-emoji-category-hint = Unter der Apps es anbieten.
admin-emoji-replace = Neues Bild geben, wenn es das Emoji schon gibt
admin-emoji-add = Emoji hinzufügen
admin-emoji-all = Emojis dieses Servers
admin-emoji-none = Es gibt noch keine.
admin-emoji-visible = Apps bieten es an
admin-emoji-disabled = Es wird nirgends angezeigt
admin-emoji-save = { $name } speichern
admin-emoji-remove = Entfernen
admin-emoji-remove-ask = { $name } entfernen? Wo es angezeigt wurde, steht dann sein Name.
admin-emoji-remove-yes = { $name } für immer entfernen

# Queues.
admin-hosts = Wartet auf andere Server
admin-hosts-none = Nichts wartet. Alles, was zu senden war, ist angekommen.
admin-host-waiting =
    { $count ->
        [one] 1 Zustellung wartet,
       *[other] { $count } Zustellungen warten,
    }
admin-host-oldest = die älteste seit { $when }.
admin-host-fails = Nicht erreichbar seit { $since }.
admin-host-next = Der nächste Versuch ist am { $when }.
admin-host-refused =
    { $count ->
        [one] 1 hat der Server abgelehnt und wird noch einmal gefragt.
       *[other] { $count } hat der Server abgelehnt und wird noch einmal gefragt.
    }
admin-host-sending = Sie werden gerade gesendet.
admin-host-retry = Jetzt versuchen
admin-host-forget = Aufgeben
admin-host-forget-ask = Alles aufgeben, was auf { $name } wartet? Die Menschen dort bekommen es nicht. Was gesendet ist, bleibt gesendet.
admin-host-forget-yes = Aufgeben, was auf { $name } wartet
admin-jobs = Beiseitegelegte Aufgaben
admin-jobs-none = Keine. Alles wurde ausgeführt.
admin-jobs-text = Sie sind viele Male misslungen und werden nicht mehr von selbst versucht. Wenn behoben ist, woran es lag, versuchen Sie sie noch einmal. Nach 30 Tagen werden sie vergessen.
admin-job-retry = Noch einmal versuchen
admin-job-forget = Verwerfen
admin-job-forget-ask = Diese Aufgabe ({ $kind }) verwerfen? Was sie tun sollte, geschieht dann nicht.
admin-job-forget-yes = Verwerfen

# The audit log.
admin-audit-lead = Alles, was zur Verwaltung getan wurde: auf diesen Seiten, mit Apps und auf der Kommandozeile.
admin-audit-actor = Wer
admin-audit-action = Was
admin-audit-target = Wem oder woran
admin-audit-csv = Gefundenes als CSV herunterladen
admin-audit-none = So etwas wurde nicht getan.
admin-access = Wer kein Konto bekommt
admin-access-lead = Anmeldungen, die abgelehnt oder zuerst angesehen werden. Wer ein Konto hat, behält es.
admin-access-empty = Keine.
admin-access-remove = { $name } zurücknehmen
admin-access-add = Ablehnen
admin-access-approval = Nur nach Zustimmung der Moderation
admin-access-none = Kein Konto
admin-access-attempts =
    { $count ->
        [one] 1 Versuch in den letzten Tagen
       *[other] { $count } Versuche in den letzten Tagen
    }
admin-access-nothing = Gar nichts
admin-access-ever = Bis es zurückgenommen wird
admin-access-until = Bis { $when }
admin-access-domains = E-Mail-Adressen einer Domain
admin-access-domain = Domain
admin-access-domain-hint = Zum Beispiel example.org.
admin-access-with-approval = Die Moderation entscheiden lassen
admin-access-emails = Einzelne E-Mail-Adressen
admin-access-emails-lead = Von einer Adresse bleibt nur ein Fingerabdruck, dessen Anfang gezeigt wird.
admin-access-email = E-Mail-Adresse
admin-access-networks = Netze
admin-access-network = Adresse oder Netz
admin-access-network-hint = Zum Beispiel 192.0.2.7 oder 192.0.2.0/24.
admin-access-severity = Was sie bekommen
admin-access-comment = Warum
admin-access-comment-hint = Nur die Verwaltung liest es.
