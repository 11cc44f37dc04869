//! Invitations that somebody made: whom they vouch for, and what they can take back.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::base::id::InvitationId;
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::invitations::ops::{self, MOST_DAYS, MOST_NOTE, MOST_USES, NewInvitation};
use crate::web::auth::invite::name_of;
use crate::web::auth::{Bare, Elsewhere, Signed};
use crate::web::frame::Frame;

struct Made {
    id: String,
    note: String,
    state: String,
    holds: bool,
    /// Who came by it: name and address.
    guests: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "settings/invitations.html")]
struct InvitationsPage {
    frame: Frame,
    possible: bool,
    invitations: Vec<Made>,
    /// The address of the one that was just made: it is shown once.
    link: Option<String>,
    form: NewForm,
    most_note: usize,
    why: Vec<(&'static str, String)>,
}

impl InvitationsPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.why.iter().find(|(name, _)| *name == field).map(|(_, why)| why.as_str())
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct NewForm {
    token: String,
    note: String,
    uses: String,
    days: String,
}

impl Default for NewForm {
    fn default() -> Self {
        Self { token: String::new(), note: String::new(), uses: "1".into(), days: "7".into() }
    }
}

async fn page(
    me: &Signed,
    status: StatusCode,
    form: NewForm,
    link: Option<String>,
    why: Vec<(&'static str, String)>,
) -> Result<HttpResponse> {
    let (app, t) = (&me.visitor.app, &me.visitor.texts);
    let mut invitations = Vec::new();
    for (invitation, guests) in ops::list(app, me.account.id).await? {
        let holds = invitation.holds(app.now());
        let state = if holds {
            let until = t.with("invitations-until", "date", t.day(invitation.expires_at));
            format!("{} {until}", t.count("invitations-left", &i64::from(invitation.uses_left)))
        } else if invitation.revoked_at.is_some() {
            t.say("invitations-revoked")
        } else if invitation.uses_left == 0 {
            t.say("invitations-used")
        } else {
            t.say("invitations-expired")
        };
        let guests = guests.iter().map(|guest| (name_of(guest), guest.url.clone())).collect();
        invitations.push(Made { id: invitation.id.to_string(), note: invitation.note, state, holds, guests });
    }
    let page = InvitationsPage {
        frame: Frame::new(&me.visitor, t.say("invitations-title")),
        possible: ops::are_possible(app),
        invitations,
        link,
        form,
        most_note: MOST_NOTE,
        why,
    };
    me.visitor.page(status, &page)
}

/// GET /settings/invitations.
pub async fn show(me: Signed) -> Result<HttpResponse> {
    page(&me, StatusCode::OK, NewForm::default(), None, Vec::new()).await
}

/// POST /settings/invitations. The answer shows the new invitation's address, and is no page of its own: its secret is known nowhere
/// afterwards.
pub async fn invite(me: Signed, request: HttpRequest, Form(form): Form<NewForm>) -> Result<HttpResponse, Elsewhere> {
    me.visitor.require_own_form(&request, &form.token)?;
    let (app, t) = (&me.visitor.app, &me.visitor.texts);
    let new = NewInvitation {
        note: form.note.clone(),
        uses: form.uses.trim().parse().unwrap_or(0),
        days: form.days.trim().parse().unwrap_or(0),
    };
    match ops::invite(app, &me.account, new).await {
        Ok(token) => {
            let link = Some(format!("{}/invite/{token}", app.origin));
            let mut response = page(&me, StatusCode::OK, NewForm::default(), link, Vec::new()).await?;
            response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(Error::Invalid { field, .. }) => {
            let why = match field {
                "uses" => t.with("invitations-uses-wrong", "most", MOST_USES),
                "days" => t.with("invitations-days-wrong", "most", MOST_DAYS),
                "note" => t.with("invitations-note-wrong", "most", MOST_NOTE),
                _ => t.say("invitations-too-many"),
            };
            Ok(page(&me, StatusCode::UNPROCESSABLE_ENTITY, form, None, vec![(field, why)]).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /settings/invitations/ID/revoke.
pub async fn revoke(
    me: Signed,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Bare>,
) -> Result<HttpResponse, Elsewhere> {
    me.visitor.require_own_form(&request, &form.token)?;
    let id: InvitationId = id.parse().map_err(|_| Error::NotFound("Invitation"))?;
    ops::revoke(&me.visitor.app, me.account.id, id).await?;
    Ok(crate::web::see_other("/settings/invitations"))
}
