//! Decisions and writes about polls: making and changing them, voting, and their end.

use chrono::{DateTime, TimeDelta, Utc};
use unicode_segmentation::UnicodeSegmentation;

use super::wire::{self, RemotePoll, RemoteVote};
use super::{
    LEAST_OPTIONS, LEAST_SECONDS, MOST_CHARACTERS, MOST_OPTIONS, MOST_SECONDS, Poll, PollChange, PollDraft, PollEnded,
    PollStale, PollTallied, store, view,
};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, PollId, PollVoteId};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::federation::delivery;
use crate::jobs::{self, Outcome};
use crate::notifications::{self, Kind as Notice};
use crate::statuses::{self, Status};

/// Votes that come within this time are told to other servers together.
const TOGETHER: TimeDelta = TimeDelta::minutes(3);

/// A job that is later than this is not waited for any more.
const LOST: TimeDelta = TimeDelta::hours(6);

/// The numbers of a poll from elsewhere are read again after this, when somebody looks.
const FRESH: TimeDelta = TimeDelta::minutes(5);

/// Whether a poll could be published like this.
pub fn check(draft: &PollDraft) -> Result<()> {
    let count = draft.options.len();
    if !(LEAST_OPTIONS..=MOST_OPTIONS).contains(&count) {
        let why = why!(
            "must be {least} to {most} texts, and are {count}",
            least = LEAST_OPTIONS,
            most = MOST_OPTIONS,
            count = count
        );
        return Err(Error::invalid("poll[options]", why));
    }
    for (index, option) in draft.options.iter().enumerate() {
        if option.trim().is_empty() {
            return Err(Error::invalid("poll[options]", "cannot be blank"));
        }
        if option.graphemes(true).count() > MOST_CHARACTERS {
            let why = why!("can have at most {most} characters each", most = MOST_CHARACTERS);
            return Err(Error::invalid("poll[options]", why));
        }
        if draft.options.iter().take(index).any(|earlier| earlier == option) {
            return Err(Error::invalid("poll[options]", "must differ from one another"));
        }
    }
    if !(LEAST_SECONDS..=MOST_SECONDS).contains(&draft.expires_in) {
        let why = why!("must be {least} to {most} seconds", least = LEAST_SECONDS, most = MOST_SECONDS);
        return Err(Error::invalid("poll[expires_in]", why));
    }
    Ok(())
}

fn from_draft(app: &App, status: &Status, draft: &PollDraft) -> Poll {
    let now = app.now();
    Poll {
        id: PollId(app.ids.mint(now)),
        status_id: status.id,
        multiple: draft.multiple,
        hide_totals: draft.hide_totals,
        votes: vec![0; draft.options.len()],
        options: draft.options.clone(),
        voters: Some(0),
        expires_at: Some(now + TimeDelta::seconds(draft.expires_in)),
        checked_at: now,
        end_awaited_at: None,
        update_due_at: None,
    }
}

/// Puts a poll, which was checked, on a new post of ours. Enqueues [`PollEnded`].
pub async fn create(app: &App, conn: &mut Conn, status: &Status, draft: &PollDraft) -> Result<()> {
    let poll = from_draft(app, status, draft);
    store::insert(conn, &poll).await?;
    await_end(app, conn, &poll, status.account_id).await
}

/// Wakes when a poll ends, if that is not arranged already.
async fn await_end(app: &App, conn: &mut Conn, poll: &Poll, author: AccountId) -> Result<()> {
    let Some(at) = poll.expires_at.filter(|at| poll.end_awaited_at != Some(*at)) else { return Ok(()) };
    let ended = PollEnded { poll_id: poll.id, account_id: author, at: at.timestamp_micros() };
    jobs::enqueue_at(app, conn, &ended, at).await?;
    store::update_end_awaited(conn, poll.id, at).await?;
    Ok(())
}

/// Whether an edit changes nothing of a post's poll.
pub fn is_same(known: Option<&Poll>, change: &PollChange, now: DateTime<Utc>) -> bool {
    match (known, change) {
        (_, PollChange::Keep) | (None, PollChange::Remove) => true,
        (Some(_), PollChange::Remove) | (None, PollChange::To(_)) => false,
        (Some(known), PollChange::To(draft)) => {
            asks_the_same(known, draft.multiple, &draft.options)
                && known.hide_totals == draft.hide_totals
                && known.expires_at == Some(now + TimeDelta::seconds(draft.expires_in))
        }
    }
}

fn asks_the_same(known: &Poll, multiple: bool, options: &[String]) -> bool {
    known.multiple == multiple && known.options == options
}

/// Changes the poll of a post of ours, checked and locked before. When what it asks is changed, its votes are void. Enqueues
/// [`PollEnded`] when it ends at another time.
pub async fn change(
    app: &App,
    conn: &mut Conn,
    status: &Status,
    known: Option<&Poll>,
    change: &PollChange,
) -> Result<()> {
    match (known, change) {
        (_, PollChange::Keep) | (None, PollChange::Remove) => Ok(()),
        (Some(known), PollChange::Remove) => {
            forget_end(conn, status).await?;
            store::delete(conn, known.id).await?;
            Ok(())
        }
        (None, PollChange::To(draft)) => create(app, conn, status, draft).await,
        (Some(known), PollChange::To(draft)) => {
            let mut poll = Poll { id: known.id, ..from_draft(app, status, draft) };
            poll.end_awaited_at = known.end_awaited_at;
            if asks_the_same(known, draft.multiple, &draft.options) {
                poll.votes.clone_from(&known.votes);
                poll.voters = known.voters;
            } else {
                store::delete_votes(conn, known.id).await?;
            }
            store::update(conn, &poll).await?;
            forget_end(conn, status).await?;
            await_end(app, conn, &poll, status.account_id).await
        }
    }
}

/// Who was told that it had ended will be told again.
async fn forget_end(conn: &mut Conn, status: &Status) -> Result<()> {
    notifications::store::delete_about_status(conn, status.account_id, Notice::Poll, status.id).await?;
    Ok(())
}

/// Votes, once for each choice. In a poll with one answer one can vote once; in others, as in Mastodon, one can choose more
/// later. A vote in a poll from elsewhere is delivered to its author.
pub async fn vote(app: &App, voter: &Account, id: PollId, choices: &[i64]) -> Result<()> {
    app.transaction(async |conn| {
        let (_, status) = view::find_visible(conn, Viewer::account(voter.id), id).await?;
        let poll = store::lock(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        if status.account_id == voter.id {
            return Err(Error::invalid("", "You cannot vote in your own poll"));
        }
        if poll.is_over(app.now()) {
            return Err(Error::invalid("", "The poll has ended already"));
        }
        let choices = chosen(&poll, choices)?;
        let before = store::list_votes(conn, &[(id, voter.id)]).await?;
        if before.iter().any(|vote| !poll.multiple || choices.contains(&vote.choice)) {
            return Err(Error::invalid("", "You have voted in this poll already"));
        }
        let votes = count(app, conn, &poll, voter.id, &choices, before.is_empty()).await?;
        if status.local {
            tally(app, conn, &poll, status.account_id).await?;
        } else {
            deliver(app, conn, voter, &status, &poll, &votes).await?;
        }
        await_end(app, conn, &poll, status.account_id).await
    })
    .await
}

/// The options that are meant.
fn chosen(poll: &Poll, choices: &[i64]) -> Result<Vec<i16>> {
    let mut found: Vec<i16> = Vec::with_capacity(choices.len().min(poll.options.len()));
    for choice in choices {
        let index = usize::try_from(*choice).ok().filter(|index| *index < poll.options.len());
        let Some(index) = index.and_then(|index| i16::try_from(index).ok()) else {
            return Err(Error::invalid("choices", "must be numbers of options that there are, from 0"));
        };
        if !found.contains(&index) {
            found.push(index);
        }
    }
    match found.len() {
        0 => Err(Error::invalid("choices", "must name what you choose")),
        1 => Ok(found),
        _ if poll.multiple => Ok(found),
        _ => Err(Error::invalid("choices", "can be only one in this poll")),
    }
}

/// Counts choices that are new in, in a poll that is locked. `first`: its voter had none before.
async fn count(
    app: &App,
    conn: &mut Conn,
    poll: &Poll,
    voter: AccountId,
    choices: &[i16],
    first: bool,
) -> Result<Vec<(PollVoteId, i16)>> {
    let now = app.now();
    let votes: Vec<(PollVoteId, i16)> = choices.iter().map(|choice| (PollVoteId(app.ids.mint(now)), *choice)).collect();
    store::insert_votes(conn, poll.id, voter, &votes, now).await?;
    let mut counted = poll.clone();
    for choice in choices {
        if let Some(votes) = usize::try_from(*choice).ok().and_then(|index| counted.votes.get_mut(index)) {
            *votes = votes.saturating_add(1);
        }
    }
    if first {
        counted.voters = poll.voters.map(|voters| voters.saturating_add(1));
    }
    store::update(conn, &counted).await?;
    Ok(votes)
}

/// Enqueues [`PollTallied`] for some minutes later, unless there is one, or the end comes first, which tells it too. Where numbers are
/// told to nobody before the end, not even that there are new ones is.
async fn tally(app: &App, conn: &mut Conn, poll: &Poll, author: AccountId) -> Result<()> {
    if !app.config.culture.show_counts {
        return Ok(());
    }
    let now = app.now();
    let at = now + TOGETHER;
    if poll.update_due_at.is_some_and(|due| due > now - LOST) || poll.is_over(at) {
        return Ok(());
    }
    let tallied = PollTallied { poll_id: poll.id, account_id: author, at: at.timestamp_micros() };
    jobs::enqueue_at(app, conn, &tallied, at).await?;
    store::update_due(conn, poll.id, at).await?;
    Ok(())
}

/// One activity for each choice, to the author alone.
async fn deliver(
    app: &App,
    conn: &mut Conn,
    voter: &Account,
    status: &Status,
    poll: &Poll,
    votes: &[(PollVoteId, i16)],
) -> Result<()> {
    let author = accounts::store::find_account(conn, status.account_id).await?.ok_or(Error::NotFound("Record"))?;
    for (id, choice) in votes {
        let Some(option) = usize::try_from(*choice).ok().and_then(|index| poll.options.get(index)) else { continue };
        let (uri, body) = wire::vote(voter, &author, &status.uri, option, *id);
        delivery::send(app, conn, voter.id, &uri, &body, std::slice::from_ref(&author.inbox_uri)).await?;
    }
    Ok(())
}

/// Counts a vote from elsewhere: in a poll of ours that its actor, who was verified, may see and that is open, once for
/// each choice. Others change nothing. Enqueues [`PollTallied`].
pub async fn record_vote(app: &App, conn: &mut Conn, actor: &Account, vote: &RemoteVote<'_>) -> Result<Outcome> {
    let status = statuses::store::find_by_uri(conn, vote.in_reply_to).await?;
    let Some(status) = status.filter(|status| status.local && status.account_id != actor.id) else {
        return Ok(Outcome::drop("a vote in no poll of ours"));
    };
    if statuses::store::find_visible(conn, Viewer::account(actor.id), status.id).await?.is_none() {
        return Ok(Outcome::drop("the actor may not see the poll"));
    }
    let Some(poll) = store::lock_of_status(conn, status.id).await? else {
        return Ok(Outcome::drop("a vote in no poll of ours"));
    };
    if poll.is_over(app.now()) {
        return Ok(Outcome::drop("the poll has ended"));
    }
    let choice = poll.options.iter().position(|option| option == vote.name);
    let Some(choice) = choice.and_then(|choice| i16::try_from(choice).ok()) else {
        return Ok(Outcome::drop("the poll has no such option"));
    };
    let before = store::list_votes(conn, &[(poll.id, actor.id)]).await?;
    if before.iter().any(|vote| !poll.multiple || vote.choice == choice) {
        return Ok(Outcome::drop("the actor has voted already"));
    }
    count(app, conn, &poll, actor.id, &[choice], before.is_empty()).await?;
    tally(app, conn, &poll, status.account_id).await?;
    Ok(Outcome::Done)
}

/// Whether what another server says of a post's poll is, but for the numbers, what is known.
pub fn is_known(known: Option<&Poll>, remote: Option<&RemotePoll>) -> bool {
    match (known, remote) {
        (None, None) => true,
        (Some(known), Some(remote)) => asks_the_same(known, remote.multiple, &remote.options),
        _ => false,
    }
}

/// Records the poll of a post from elsewhere as its server has it now: its numbers, or another poll, whose votes here are
/// void. `known` is locked.
pub async fn record(
    app: &App,
    conn: &mut Conn,
    status: &Status,
    known: Option<&Poll>,
    remote: Option<&RemotePoll>,
) -> Result<()> {
    let Some(remote) = remote else {
        if let Some(known) = known {
            store::delete(conn, known.id).await?;
        }
        return Ok(());
    };
    let now = app.now();
    let ended_at = known.and_then(|known| known.expires_at).filter(|at| *at <= now).unwrap_or(now);
    let poll = Poll {
        id: known.map_or_else(|| PollId(app.ids.mint(now)), |known| known.id),
        status_id: status.id,
        multiple: remote.multiple,
        hide_totals: remote.hide_totals,
        options: remote.options.clone(),
        votes: remote.votes.clone(),
        voters: remote.voters,
        expires_at: if remote.closed {
            Some(remote.ends_at.map_or(ended_at, |at| at.min(now)))
        } else {
            remote.ends_at
        },
        checked_at: now,
        end_awaited_at: known.and_then(|known| known.end_awaited_at),
        update_due_at: None,
    };
    let Some(known) = known else {
        store::insert(conn, &poll).await?;
        return Ok(());
    };
    if !asks_the_same(known, poll.multiple, &poll.options) {
        store::delete_votes(conn, known.id).await?;
    }
    store::update(conn, &poll).await?;
    if poll.end_awaited_at.is_some() {
        await_end(app, conn, &poll, status.account_id).await?;
    }
    Ok(())
}

/// Has the numbers of a poll from elsewhere read again when they are old: once in some minutes, whoever looks. Enqueues
/// [`PollStale`].
pub async fn ask_anew(app: &App, poll: &Poll, status: &Status) -> Result<()> {
    let now = app.now();
    if status.local || poll.checked_at >= now - FRESH {
        return Ok(());
    }
    app.background_transaction(async |conn| {
        if store::claim_check(conn, poll.id, now, now - FRESH).await? {
            jobs::enqueue(app, conn, &PollStale { poll_id: poll.id }).await?;
        }
        Ok(())
    })
    .await
}

/// Tells a poll's author, and the people here who voted, that it has ended; of one from elsewhere the last numbers are then
/// read (enqueues [`PollStale`]). A second run tells nobody again.
pub async fn tell_end(app: &App, job: &PollEnded) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(poll) = store::find(conn, job.poll_id).await? else {
            return Ok(Outcome::drop("the poll is deleted"));
        };
        if poll.expires_at.map(|at| at.timestamp_micros()) != Some(job.at) {
            return Ok(Outcome::drop("it ends at another time"));
        }
        let Some(status) = statuses::store::find_status(conn, poll.status_id).await? else {
            return Ok(Outcome::drop("the post is deleted"));
        };
        let mut told = store::list_local_voters(conn, poll.id).await?;
        told.push(status.account_id);
        notifications::ops::notify(app, conn, &told, status.account_id, Notice::Poll, Some(status.id)).await?;
        if !status.local {
            jobs::enqueue(app, conn, &PollStale { poll_id: poll.id }).await?;
        }
        Ok(Outcome::Done)
    })
    .await
}
