# Getting in: passwords, e-mail, second factors, invitations; and the settings about them.
sign-in-again = That took too long, or it was not right too often. Please sign in again.
sign-in-ended = You are not signed in any more, so this was not done. Sign in, and try again.
sign-in-ended-written = You are not signed in any more, so this was not sent. What you wrote is below: copy it, then sign in. With JavaScript this device keeps it, and it is in the form again.
sign-in-written = What you wrote
sign-in-changed = Your password is changed, and you are signed out everywhere. Sign in with the new one.
sign-in-confirmed = Your address is confirmed. You can sign in now.
sign-in-unconfirmed = Open the link that we sent to your e-mail address first. If you cannot find it: it was sent again just now.
sign-up-reason = Why would you like to join?
sign-up-reason-hint = Somebody reads this and lets you in. One or two sentences are enough.
waits-address = Look into your mail
waits-address-text = We sent a link to { $email }. Open it to confirm that the address is yours; then you can sign in.
waits-approval = Your request was sent
waits-approval-text = Somebody looks at it and lets you in. Then you can sign in.

second-title = One more step
second-or-code = Or type a code
second-code = Code
second-code-hint = The six digits that your app shows, or one of your recovery codes.
second-wrong = That code is not right, or was used before. Wait for the next one and try again.
second-closed = { $count ->
    [one] Too many codes were wrong. None is taken for one minute. A passkey or a recovery code still lets you in. If it was not you who tried, somebody knows your password: choose a new one.
   *[other] Too many codes were wrong. None is taken for { $count } minutes. A passkey or a recovery code still lets you in. If it was not you who tried, somebody knows your password: choose a new one.
 }
second-lost = If you have neither your app nor a code any more, ask whoever runs this server.

passkey-title = Sign in with a passkey
passkey-lead = Your browser asks for your finger, your face or your PIN. You need not type a name or a password.
passkey-use = Use your passkey
passkey-needs-script = Passkeys need JavaScript, which is off in this browser.
passkey-failed = Your browser gave no passkey. Try again, or choose another way.
passkey-password-instead = Sign in with your password instead
passkey-refused = That passkey could not be kept. Please try again.
passkey-new-title = Add a passkey
passkey-new-lead = A passkey stays on this device or in your password manager, and is unlocked with your finger, your face or your PIN. Nobody can fish for it.
passkey-new-name = Name
passkey-new-name-hint = To tell it from others, such as "Phone" or "Key at work".
passkey-new-make = Make the passkey

sure-title = Is it you?
sure-lead = Before you change how you sign in, type your password again.
sure-wrong = That is not your password. Capital letters count.
sure-go-on = Go on

reset-title = Forgotten your password?
reset-lead = Type your e-mail address, and we send you a link with which you can choose a new one.
reset-send = Send the link
reset-email-invalid = Type the whole e-mail address, with an @.
reset-sent = If somebody has an account with this address, a link is on its way.
reset-sent-text = It works once, within an hour. If nothing comes, look among the unwanted mail, and check which address you signed up with.
reset-without-mail = This server sends no mail. Whoever runs it can make a link for you: ask them.
reset-choose = Choose a new password
reset-choose-lead = For the account with the address { $email }.
reset-password = New password
reset-signs-out = You are signed out everywhere, and apps have to ask you again.
reset-set = Change the password

link-expired = This link does not work any more
link-expired-text = It was used already, or is too old. You can have a new one sent.
confirm-title = Is this your address?
confirm-lead = { $email }
confirm-yes = Yes, it is mine
confirm-no = If you do not know what this is about, close this page: nothing happens.
confirm-taken = Somebody else has this address
confirm-taken-text = Another account here was given this address meanwhile. Choose another one.

invite-title = { $name } invites you
invite-vouches = vouches for you at { $instance },
invite-until = This invitation holds until { $date }.
invite-own = This is your own invitation. Give its address to whom you want to invite.
invite-common = Whom both of you know
invite-tie = If you accept, you and { $name } follow each other.
invite-accept = Accept
invite-join = Make an account, and you and { $name } follow each other.
invite-sign-in = Or sign in, if you have an account here.
invite-elsewhere = If you have an account on another server, you need none here: search there for { $handle }.

security-title = How you sign in
security-password = Password
security-password-text = A new password signs you out everywhere but here. Apps have to ask you again.
security-password-done = Your password is changed. You are signed out everywhere but here.
security-guessed = Somebody tried to get in
security-codes-guessed = After your password, a wrong code was typed { $count } times.
security-password-guessed = A wrong password was typed { $count } times.
security-guessed-last = The last time was { $time }.
security-guessed-text = If that was not you: wrong codes are typed by somebody who knows your password, so choose a new one. Wrong passwords are no danger while yours is long and used nowhere else.
security-second = Second step
security-second-text = With a second step, your password alone is not enough for anybody who learned it. Have two ways, so that losing one does not shut you out.
security-passkeys = Passkeys
security-passkeys-text = A passkey is enough by itself, and serves as the second step after your password.
security-passkey-unnamed = A passkey
security-passkey-made = Added on { $date }.
security-passkey-used = Last used on { $date }.
security-passkey-rename = Rename
security-passkey-rename-of = A new name for { $name }
security-passkey-remove = Remove { $name }
security-passkey-remove-ask = Remove the passkey “{ $name }”? It does not let you in any more. To get it back you have to add it anew.
security-passkey-remove-yes = Yes, remove { $name }
security-passkey-add = Add a passkey
security-passkey-done = Your passkeys are as you wanted.
security-passkey-off-done = The passkey is removed.
security-app = An app that makes codes
security-app-on = Your app makes codes for this account.
security-app-off = Such an app shows a new code every half minute. Many password managers can do it.
security-app-add = Set up an app
security-app-remove = Stop using the app
security-app-remove-ask = Stop using the app that makes codes? Its codes are not asked for any more. To use it again you have to set it up anew.
security-app-remove-yes = Yes, stop using the app
security-app-off-done = The codes of your app are not asked for any more.
security-codes-left = { $count ->
    [one] One code is left.
   *[other] { $count } codes are left.
 }
security-codes-text = Each lets you in once, if you lose your app or passkey.
security-codes-make = Make new codes
security-codes-make-ask = Make new codes? The ones that you have now stop working at once.
security-codes-make-yes = Yes, make new codes

app-title = Set up an app that makes codes
app-scan = Scan this with the app:
app-picture = QR code with the key for your app
app-type = If you cannot scan it, type this key into the app:
app-open = Open it in an app on this device
app-code = Code
app-code-hint = The six digits that the app shows now.
app-wrong = That code is not right. Look whether the clock of your device is, and try the next one.
app-confirm = Use this app
app-cancel = Cancel

codes-title = Recovery codes
codes-lead = Keep these in a safe place: they are shown this once.
codes-text = If you lose your app or your passkey, each of them lets you in once. Codes that you had before do not work any more.
codes-have = It is set up. The recovery codes that you have still work.
codes-done = I have kept them

sessions-title = Where you are signed in
sessions-lead = End what you do not know, or do not need any more.
sessions-browsers = Browsers
sessions-unnamed = a browser that does not say what it is
sessions-since = Since { $date }
sessions-this = This one
sessions-end = Sign out
sessions-end-others = Sign out all others
sessions-apps = Apps
sessions-no-apps = You have let no app in.
sessions-end-app = Shut out

email-title = E-mail address
email-now = Your address is
email-new = New address
email-hint = We send a link there. The new address counts once you have opened it; the old one is told.
email-hint-without-mail = This server sends no mail: the new address counts at once. You can sign in with it.
email-change = Change the address
email-same = That is your address already.
email-too-often = We have written to this address several times already. Try again in an hour.
email-sent = Open the link that we sent to the new address, within a day. Until then the old one counts.
email-done = Your address is changed.

invitations-title = Invitations
invitations-lead = Whom you invite gets an account here without being asked why, and you follow each other. You vouch for them.
invitations-impossible = Nobody can be invited here. Whoever runs this server makes the accounts.
invitations-made = Give this address to whom you want to invite. It is shown this once.
invitations-note = A few words to them
invitations-note-hint = Why you would like to have them here. They read it on the page of the invitation.
invitations-note-wrong = Write { $most } characters at most.
invitations-uses = For how many people
invitations-uses-wrong = Type a number from 1 to { $most }.
invitations-days = For how many days
invitations-days-wrong = Type a number from 1 to { $most }.
invitations-too-many = You have too many invitations that still hold. Take some back first.
invitations-make = Make an invitation
invitations-yours = Your invitations
invitations-none = You have invited nobody yet.
invitations-left = { $count ->
    [one] For one more person,
   *[other] For { $count } more people,
 }
invitations-until = until { $date }.
invitations-revoked = Taken back.
invitations-used = Used up.
invitations-expired = Too old.
invitations-came = Came by it:
invitations-revoke = Take back
invitations-revoke-ask = Take this invitation back? Nobody else can come by its address. Who came already stays.
invitations-revoke-ask-note = Take back the invitation “{ $note }”? Nobody else can come by its address. Who came already stays.
invitations-revoke-yes = Yes, take it back

letter-hello = Hello { $name },
letter-foot = This letter was sent by { $domain }. Answers to it are not read.
letter-confirm = Confirm your address
letter-confirm-lead = somebody, probably you, made an account with this address. Open this page to confirm that it is yours:
letter-confirm-after = The link works for a week. If it was not you, do nothing.
letter-change = Confirm your new address
letter-change-lead = you want this address for your account from now on. Open this page to confirm that it is yours:
letter-change-after = The link works for a day. If you do not know what this is about, do nothing.
letter-reset = Choose a new password
letter-reset-lead = somebody, probably you, forgot the password of your account. On this page you can choose a new one:
letter-reset-after = The link works once, within an hour. If it was not you, do nothing: your password stays what it is.
letter-taken = somebody, perhaps you, wanted to register with your address. You have an account already, so no other was made.
letter-taken-after = If it was you, sign in. If you have forgotten your password, you can choose a new one here:
letter-appeal-approved = you said why something that moderators told you is wrong. It was taken back:
letter-appeal-rejected = you said why something that moderators told you is wrong. They have read it, and it stays as it is:
letter-admitted = your registration at { $instance } was approved. You can sign in now:
letter-rejected-subject = Your registration at { $instance }
letter-rejected = you wanted to register at { $instance }. Those who look after it decided not to approve that.
letter-rejected-after = What you gave for it was deleted. There is nothing that you have to do.
letter-notice = Your account at { $instance }
letter-when = That was on { $time }.
letter-not-you = If it was not you, somebody may have your password. Choose a new one, and look who is signed in:
letter-password-changed = the password of your account was changed, and all browsers and apps were signed out.
letter-email-changed = the e-mail address of your account was changed to another one. This letter goes to the old one.
letter-totp-on = an app that makes codes was set up for your account. Its codes are asked for after the password from now on.
letter-totp-off = the app that makes codes was removed from your account.
letter-passkey-added = a passkey was added to your account.
letter-passkey-removed = a passkey was removed from your account.
letter-second-off = whoever runs the server removed the second step from your account. The password alone is enough now.
letter-codes-made = new recovery codes were made for your account. The old ones do not work any more.
letter-code-used = one of the recovery codes of your account was used to sign in.
letter-codes-guessed = somebody typed your right password and then { $count } wrong codes. For a while no code is taken; passkeys and recovery codes still let you in.
letter-password-guessed = somebody typed { $count } wrong passwords for your account. They did not get in.
letter-new-browser = somebody signed in to your account with a browser that had not been used for that before: { $browser }.
