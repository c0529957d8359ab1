using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>A call that we place (RFC 3261 sections 9.1 and 13.2).</summary>
public sealed class UacCall : SipCall
{
    private readonly UacInvite invite;
    private readonly string localTag = SipRandom.Tag();
    private ClientTransaction? transaction;
    private SipFlow? flow;
    private uint cseq;
    private SessionTerms? asked;

    // The ACK of a challenged INVITE repeats its credentials (RFC 3261 section 22.1).
    private SipHeader? authorization;
    private readonly EarlyDialogs forks = new();
    private bool provisional;
    private bool cancelWanted;
    private bool cancelSent;
    private SipEndCause cancelCause = SipEndCause.Cancelled;

    internal UacCall(UserAgent agent, UacInvite invite)
        : base(agent, SipRandom.CallId())
    {
        this.invite = invite;
        asked = agent.SessionTerms;
        LocalSdp = invite.Sdp;
        Credentials = invite.Credentials;
    }

    /// <summary>Takes the call back. Before any response it waits for one (RFC 3261 section 9.1); a 2xx that crosses it is acknowledged and ended with BYE.</summary>
    public void Cancel() => Do(() => CancelNow(SipEndCause.Cancelled));

    private protected override bool OwnsCallId => true;

    internal void Start()
    {
        Agent.Track(this);
        if (!Agent.Guard(static call => call.Route(), this))
        {
            Fail(SipEndCause.Rejected, 500, null); // it cannot be written
        }
    }

    private void Route()
    {
        if (Agent.TryRoute(invite, out var hop, out var found))
        {
            SendBy(found);
        }
        else
        {
            Agent.RouteUri(hop, SendBy);
        }
    }

    private void SendBy(SipFlow? found)
    {
        if (IsEnded)
        {
            return;
        }

        if (found is null)
        {
            Fail(SipEndCause.TransportError, 503, null);
        }
        else if (cancelWanted)
        {
            Fail(cancelCause, 487, null);
        }
        else
        {
            flow = found;
            SetTimer(Agent.Now + (long)invite.RingTimeout.TotalMilliseconds);
            SendInvite();
        }
    }

    internal override void ByeNow()
    {
        if (IsEstablished)
        {
            ByeEstablished();
        }
        else
        {
            CancelNow(SipEndCause.Cancelled);
        }
    }

    internal override void OnTimer(long now)
    {
        if (OnAckTimer(now) || IsEstablished)
        {
            return;
        }

        if (cancelSent)
        {
            // RFC 3261 section 9.1: no final response within 64*T1 of the CANCEL: the INVITE counts as cancelled.
            Agent.Transactions.Abandon(transaction!);
            Fail(cancelCause, cancelCause == SipEndCause.Timeout ? 408 : 487, null);
        }
        else
        {
            CancelNow(SipEndCause.Timeout);
            if (!provisional)
            {
                // Nothing has come at all: the call is over; should an answer come yet, it is cancelled or ended then.
                End(SipEndCause.Timeout, 408);
            }
        }
    }

    private void CancelNow(SipEndCause cause)
    {
        if (IsEnded || IsEstablished || cancelWanted)
        {
            return;
        }

        cancelWanted = true;
        cancelCause = cause;
        if (provisional)
        {
            SendCancel();
        }
    }

    private void SendCancel()
    {
        cancelSent = true;
        Agent.Transactions.Send(SipMethod.Cancel, Agent.WriteCancel(transaction!.Request), transaction.Branch, flow!, (_, _, _) => { });
        SetTimer(Agent.Now + Agent.Timers.Timeout);
    }

    private void SendInvite()
    {
        var branch = SipRandom.Branch();
        cseq++;
        provisional = false;
        var request = Agent.WriteInvite(invite, CallId, localTag, cseq, flow!, branch, authorization, SessionTimer.Ask(asked));
        transaction = Agent.Transactions.Send(SipMethod.Invite, request, branch, flow!, OnOutcome);
    }

    private void OnOutcome(ClientTransaction from, ClientOutcome outcome, SipMessage? response)
    {
        switch (outcome)
        {
            case ClientOutcome.Timeout:
                Fail(cancelWanted ? cancelCause : SipEndCause.Timeout, 408, null);
                break;
            case ClientOutcome.TransportError:
                Fail(SipEndCause.TransportError, 503, null);
                break;
            default:
                OnResponse(from, response!);
                break;
        }
    }

    private void OnResponse(ClientTransaction from, SipMessage response)
    {
        switch (response.StatusCode)
        {
            case < 200:
                OnProvisional(response);
                break;
            case < 300:
                OnSuccess(from, response);
                break;
            case 401 or 407 when authorization is null && !cancelWanted && DigestClient.Answer(response, Credentials, "INVITE", invite.Target) is { } answer:
                authorization = answer;
                SendInvite();
                break;
            case 422 when asked is { } terms && !cancelWanted && SessionTimer.Raised(response, terms.Seconds) is { } least:
                asked = terms with { Seconds = least };
                SendInvite();
                break;
            default:
                Fail(cancelWanted ? cancelCause : SipEndCause.Refused, cancelCause == SipEndCause.Timeout ? 408 : response.StatusCode, response);
                break;
        }
    }

    private void OnProvisional(SipMessage response)
    {
        provisional = true;
        if (!response.ToTagBytes.IsEmpty && !TakeEarly(response))
        {
            return;
        }

        if (cancelWanted && !cancelSent)
        {
            SendCancel();
        }
        else if (response.StatusCode > 100)
        {
            Raise(new CallProgress(response.StatusCode, response.ReasonPhrase, response.Sdp));
        }
    }

    // False when it is a repetition or out of order and changes nothing (RFC 3262 section 4).
    private bool TakeEarly(SipMessage response)
    {
        var fork = forks.Find(response) ?? forks.Add(NewDialog(response));
        if (fork is null)
        {
            return true; // more forks than are followed: the response is told, its dialog is not kept
        }

        if (Dialog != fork.Dialog)
        {
            SetDialog(fork.Dialog);
        }

        if (!EarlyDialogs.IsReliable(response, out var rseq))
        {
            return true;
        }

        if (!fork.TakeRSeq(rseq))
        {
            return false;
        }

        if (response.Sdp is { } answer)
        {
            fork.Answer ??= answer;
            IsEarlyAgreed = true;
        }

        SendPrack(fork.Dialog, rseq, response.CSeq, null);
        return true;
    }

    // A PRACK that fails changes nothing: the INVITE's own end tells what there is to tell.
    private void SendPrack(Dialog dialog, uint rseq, uint of, SipHeader? credentials) => Agent.RouteDialog(dialog, way =>
    {
        if (way is null)
        {
            return;
        }

        var branch = SipRandom.Branch();
        SipHeader[] rack = [new("RAck", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rseq} {of} INVITE"))];
        var prack = Agent.WriteInDialog(dialog, SipMethod.Prack, dialog.NextCSeq(), way, branch, null, null, credentials, rack);
        Agent.Transactions.Send(SipMethod.Prack, prack, branch, way, (_, _, response) =>
        {
            if (response is { StatusCode: 401 or 407 } && credentials is null && DigestClient.Answer(response, Credentials, "PRACK", dialog.RemoteTarget) is { } answer)
            {
                SendPrack(dialog, rseq, of, answer);
            }
        });
    });

    // The first; what follows is for those who come late.
    private void OnSuccess(ClientTransaction from, SipMessage response)
    {
        var late = new LateAnswers(Agent, flow!, CallId, localTag, keepsFlow: invite.Flow is not null, invite.Target);
        from.HandTo(late.OnOutcome);
        if (IsEnded)
        {
            late.OnOutcome(from, ClientOutcome.Response, response);
            Forget();
            return;
        }

        SetTimer(long.MaxValue);
        var early = forks.Find(response);
        SetDialog(early?.Dialog ?? NewDialog(response));
        if (early is not null)
        {
            Dialog!.Confirm(response);
        }

        forks.Clear();
        late.Take(Dialog!, authorization);
        IsEstablished = true;
        Agent.SendAck(Dialog!, response.CSeq, authorization);
        Renew(SessionTimer.Granted(response), response);
        if (cancelWanted)
        {
            ByeEstablished(cancelCause, cancelCause == SipEndCause.Timeout ? 408 : 487);
        }
        else
        {
            // RFC 3261 section 13.2.1: the answer that came reliably before is the one in force.
            Raise(new CallAnswered(early?.Answer ?? response.Sdp));
        }
    }

    private Dialog NewDialog(SipMessage response) =>
        Dialog.OfClient(response, flow!, CallId, localTag, cseq, keepsFlow: invite.Flow is not null, invite.Target);

    private void Fail(SipEndCause cause, int code, SipMessage? final)
    {
        if (IsEstablished)
        {
            return;
        }

        End(cause, code, code == final?.StatusCode ? final.ReasonPhrase : null, final);
        Forget();
    }
}
