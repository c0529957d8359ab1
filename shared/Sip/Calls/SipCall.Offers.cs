using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Calls;

/// <summary>Offers within a call, of either side: re-INVITE (RFC 3261 section 14) and UPDATE (RFC 3311).</summary>
public abstract partial class SipCall
{
    private ServerTransaction? openOffer;
    private CallDelay? retry;
    private string? retrySdp;
    private bool reinviting;

    /// <summary>True once offer and answer have been exchanged reliably before the 2xx: UPDATE may offer anew (RFC 3311 section 5.1).</summary>
    private protected bool IsEarlyAgreed { get; set; }

    /// <summary>Offers a new session description by UPDATE: before the answer, where early media was agreed on reliably, or after it.</summary>
    public void Update(string sdp) => Do(() =>
    {
        if (IsEnded || !(IsEstablished || IsEarlyAgreed))
        {
            return;
        }

        if (reinviting || openOffer is not null || awaitedAck is not null)
        {
            Raise(new CallReofferRefused(491, ReasonPhrases.For(491)));
            return;
        }

        reinviting = true;
        SendInDialog(SipMethod.Update, "application/sdp", sdp, (_, response) => OnUpdateResult(response, sdp), headers: SessionTimer.Ask(session));
    });

    private void OnOffer(ServerTransaction transaction, SipMessage request)
    {
        var hasOffer = request.Method == SipMethod.Invite || request.Sdp is not null;
        if (SessionTimer.IsTooBrief(request))
        {
            Agent.Reply(transaction, 422, headers: [SessionTimer.MinSe]);
            return;
        }

        if (hasOffer && (openOffer is not null || awaitedAck is not null || !MayOffer(request)))
        {
            // RFC 3261 section 14.2: an INVITE before the last one is done; RFC 3311 section 5.2: an offer while one is open.
            Agent.Reply(transaction, 500, headers: [new SipHeader("Retry-After", "1")]);
            return;
        }

        if (hasOffer && reinviting)
        {
            Agent.Reply(transaction, 491);
            return;
        }

        Dialog!.Retarget(request);
        if (!hasOffer)
        {
            var terms = SessionTimer.Asked(request);
            Agent.Reply(transaction, 200, headers: SessionTimer.Answer(terms, request), withContact: true);
            if (IsEstablished)
            {
                Renew(terms, request);
            }

            return;
        }

        openOffer = transaction;
        if (request.Method == SipMethod.Invite)
        {
            transaction.Cancelled = () => RefuseOffer(transaction, 487);
            Agent.Reply(transaction, 100);
        }

        Raise(new CallOffer(request.Method, request.Sdp)
        {
            OnAccept = sdp => Do(() => AcceptOffer(transaction, request, sdp)),
            OnReject = code => Do(() => RefuseOffer(transaction, code)),
        });
    }

    private void AcceptOffer(ServerTransaction transaction, SipMessage request, string sdp)
    {
        if (openOffer != transaction)
        {
            return;
        }

        openOffer = null;
        var terms = SessionTimer.Asked(request);
        var response = Agent.WriteResponse(transaction, request, 200, null, SessionTimer.Answer(terms, request), withContact: true, "application/sdp", sdp);
        LocalSdp = sdp;
        if (IsEstablished && request.Method != SipMethod.Prack)
        {
            Renew(terms, request);
        }

        if (request.Method == SipMethod.Invite)
        {
            AwaitAck(transaction, response, request.CSeq);
        }
        else
        {
            transaction.Respond(200, response);
        }
    }

    private void RefuseOffer(ServerTransaction transaction, int code)
    {
        if (openOffer == transaction)
        {
            openOffer = null;
            Agent.Reply(transaction, code);
        }
    }

    private protected void OfferByPrack(ServerTransaction transaction, SipMessage prack, string sdp)
    {
        openOffer = transaction;
        Raise(new CallOffer(SipMethod.Prack, sdp)
        {
            OnAccept = answer => Do(() => AcceptOffer(transaction, prack, answer)),
            OnReject = code => Do(() => RefuseOffer(transaction, code)),
        });
    }

    private bool MayOffer(SipMessage request) => IsEstablished || (IsEarlyAgreed && request.Method == SipMethod.Update);

    private void ReinviteNow(string sdp, bool again = false)
    {
        if (!IsEstablished || IsEnded)
        {
            return;
        }

        // RFC 3261 section 14.1: not while another INVITE of either side is open.
        if (reinviting || openOffer is not null || awaitedAck is not null)
        {
            RetryReinvite(sdp, again);
            return;
        }

        reinviting = true;
        SendInDialog(SipMethod.Invite, "application/sdp", sdp, (_, response) => OnReinviteResult(response, sdp, again), headers: SessionTimer.Ask(session));
    }

    private void OnReinviteResult(SipMessage? response, string sdp, bool again)
    {
        if (response is null or { StatusCode: >= 300 })
        {
            reinviting = false;
            if (response?.StatusCode == 491)
            {
                RetryReinvite(sdp, again);
            }
            else
            {
                TellRefused(response);
            }

            return;
        }

        Dialog!.Retarget(response);
        Agent.SendAck(Dialog, response.CSeq, null);
        LocalSdp = sdp;
        Renew(SessionTimer.Granted(response), response);
        if (reinviting)
        {
            reinviting = false;
            Raise(new CallAnswered(response.Sdp));
        }
    }

    // RFC 3261 section 14.1: once more after a while, the owner of the Call-ID later than the other, so that they do not cross again.
    private void RetryReinvite(string sdp, bool again)
    {
        if (again || retrySdp is not null)
        {
            Raise(new CallReofferRefused(491, ReasonPhrases.For(491)));
        }

        if (again || IsEnded)
        {
            return;
        }

        var (from, to) = OwnsCallId ? (210, 400) : (0, 200);
        retrySdp = sdp;
        retry ??= new CallDelay(_ => Agent.Guard(() =>
        {
            var latest = retrySdp!;
            retrySdp = null;
            ReinviteNow(latest, again: true);
        }));
        Agent.Schedule(retry, Agent.Now + (10 * System.Security.Cryptography.RandomNumberGenerator.GetInt32(from, to + 1)));
    }

    private void ForgetRetry()
    {
        if (retry is not null)
        {
            Agent.Schedule(retry, long.MaxValue);
        }
    }

    private void OnUpdateResult(SipMessage? response, string sdp)
    {
        reinviting = false;
        if (response is { StatusCode: < 300 })
        {
            Dialog!.Retarget(response);
            LocalSdp = sdp;
            if (IsEstablished)
            {
                Renew(SessionTimer.Granted(response), response);
            }

            Raise(new CallUpdated(response.Sdp));
        }
        else
        {
            TellRefused(response);
        }
    }

    // Without an answer, or with one that ends the dialog, the call's end tells; but a call of a lost WebSocket goes on.
    private void TellRefused(SipMessage? response)
    {
        if (response is not null && response.StatusCode is not (481 or 408))
        {
            Raise(new CallReofferRefused(response.StatusCode, response.ReasonPhrase));
        }
        else if (response is null && Dialog!.Flow is { IsWebSocket: true, IsOpen: false })
        {
            Raise(new CallReofferRefused(503, ReasonPhrases.For(503)));
        }
    }
}
