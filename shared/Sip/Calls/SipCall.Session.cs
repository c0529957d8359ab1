using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Calls;

/// <summary>
/// The session timer of a call (RFC 4028): whoever has the refresh sends UPDATE, or a re-INVITE with the same description to a peer that takes no
/// UPDATE; without a refresh the call ends. While a peer's WebSocket is lost nobody can refresh: the end is put off by one interval.
/// </summary>
public abstract partial class SipCall
{
    private const int TryAgainMs = 5_000;
    private SessionTerms? session;
    private CallDelay? sessionTimer;
    private long refreshAt;
    private long expireAt;
    private bool postponed;
    private bool peerTakesUpdate;

    /// <summary>Our last description: a re-INVITE that only refreshes repeats it.</summary>
    private protected string? LocalSdp { get; set; }

    /// <summary>Begins anew with each 2xx to INVITE or UPDATE, of either side; null: this session has no timer.</summary>
    private protected void Renew(SessionTerms? terms, SipMessage peers)
    {
        peerTakesUpdate |= SipOptionTags.Lists(peers, HeaderId.Allow, "UPDATE");
        session = terms;
        postponed = false;
        refreshAt = terms is { WeRefresh: true } ours ? Agent.Now + ours.RefreshAfter : long.MaxValue;
        expireAt = terms is { } any ? Agent.Now + any.ExpiresAfter : long.MaxValue;
        ScheduleSession();
    }

    private void ScheduleSession()
    {
        if (session is not null)
        {
            sessionTimer ??= new CallDelay(now => Agent.Guard(() => OnSessionTimer(now)));
        }

        if (sessionTimer is not null)
        {
            Agent.Schedule(sessionTimer, session is null || IsEnded ? long.MaxValue : Math.Min(refreshAt, expireAt));
        }
    }

    private void ForgetSession()
    {
        session = null;
        ScheduleSession();
    }

    private void OnSessionTimer(long now)
    {
        if (session is not { } terms || IsEnded)
        {
            return;
        }

        var lost = Dialog!.Flow is { IsWebSocket: true, IsOpen: false };
        if (now < expireAt)
        {
            refreshAt = now + TryAgainMs;
            ScheduleSession();
            Refresh(terms);
        }
        else if (lost && !postponed)
        {
            postponed = true;
            expireAt = now + (terms.Seconds * 1000L);
            ScheduleSession();
        }
        else
        {
            ByeEstablished(SipEndCause.SessionExpired, 408);
        }
    }

    // What cannot be sent now is tried again after 5 s, until the session's end.
    private void Refresh(SessionTerms terms)
    {
        if (reinviting || openOffer is not null || awaitedAck is not null)
        {
            return;
        }

        if (peerTakesUpdate)
        {
            SendInDialog(SipMethod.Update, null, null, OnRefreshed, headers: SessionTimer.Ask(terms));
        }
        else if (LocalSdp is { } sdp)
        {
            reinviting = true;
            SendInDialog(SipMethod.Invite, "application/sdp", sdp, OnRefreshed, headers: SessionTimer.Ask(terms));
        }
    }

    private void OnRefreshed(ClientOutcome outcome, SipMessage? response)
    {
        reinviting = false;
        if (response is { StatusCode: < 300 })
        {
            Dialog!.Retarget(response);
            Renew(SessionTimer.Granted(response), response);
            if (response.CSeqMethod == SipMethod.Invite)
            {
                Agent.SendAck(Dialog, response.CSeq, null);
            }
        }
        else if (response is not null && session is { } terms && SessionTimer.Raised(response, terms.Seconds) is { } least)
        {
            session = terms with { Seconds = least };
        }
    }
}
