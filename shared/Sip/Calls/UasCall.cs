using CallCenter.Sip.Digest;
using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>A call that came in (RFC 3261 section 13.3). 100 has been sent already.</summary>
public sealed class UasCall : SipCall
{
    // RFC 3261 section 13.3.1.1: proxies give an INVITE up after three minutes without a provisional response.
    private const int ProvisionalRefreshMs = 60_000;

    private readonly ServerTransaction transaction;
    private readonly bool reliableAlways;
    private readonly bool reliableSdp;
    private int? provisional; // the one that is sent again each minute
    private ReliableProvisionals? reliable;
    private Action? answerHeld;

    internal UasCall(UserAgent agent, ServerTransaction transaction, SipMessage invite, SipFlow flow)
        : base(agent, invite.CallId)
    {
        this.transaction = transaction;
        Request = invite;
        Flow = flow;
        Offer = invite.Sdp;
        reliableAlways = SipOptionTags.Lists(invite, HeaderId.Require, SipOptionTags.Reliable);
        reliableSdp = reliableAlways || SipOptionTags.Lists(invite, HeaderId.Supported, SipOptionTags.Reliable);
        transaction.Cancelled = OnCancel;
        SetDialog(Dialog.OfServer(invite, flow, transaction.LocalTag));
    }

    /// <summary>The INVITE.</summary>
    public SipMessage Request { get; }

    /// <summary>Where it came from.</summary>
    public SipFlow Flow { get; }

    /// <summary>The caller's session description, or null when our answer must carry the offer.</summary>
    public string? Offer { get; }

    /// <summary>
    /// The call of this endpoint that the INVITE asks to take the place of (RFC 3891), or null. Whether the peer may do that is for the handler to
    /// decide; answering, the handler ends that call.
    /// </summary>
    public SipCall? Replaced { get; internal init; }

    /// <summary>180.</summary>
    public void Ringing() => Progress(180);

    /// <summary>
    /// A 1xx from 101 to 199, with an early session description if given. It is sent reliably, until <see cref="CallPracked"/>, when the caller
    /// requires it, or supports it and a session description is in it (RFC 3262).
    /// </summary>
    public void Progress(int code, string? sdp = null, IReadOnlyList<SipHeader>? headers = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 101);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 199);
        Do(() =>
        {
            if (transaction.IsFinal || answerHeld is not null)
            {
                return;
            }

            if (reliableAlways || (reliableSdp && sdp is not null))
            {
                SendReliably(code, sdp, headers);
            }
            else
            {
                provisional = code;
                transaction.Respond(code, Write(code, null, headers, sdp));
                SetTimer(Agent.Now + ProvisionalRefreshMs);
            }
        });
    }

    /// <summary>200 with our session description; repeated until <see cref="CallAcknowledged"/>.</summary>
    public void Answer(string sdp, IReadOnlyList<SipHeader>? headers = null) => Do(() =>
    {
        // RFC 3262 section 3: no 2xx while a session description of ours awaits its PRACK.
        if (reliable is { HoldsAnswer: true } && !transaction.IsFinal && !IsEnded)
        {
            answerHeld ??= () => AnswerNow(sdp, headers);
        }
        else
        {
            AnswerNow(sdp, headers);
        }
    });

    private void AnswerNow(string sdp, IReadOnlyList<SipHeader>? headers)
    {
        if (transaction.IsFinal || IsEnded)
        {
            return;
        }

        reliable?.Stop();
        var terms = SessionTimer.Asked(Request);
        var response = Write(200, null, terms is null ? headers : [.. headers ?? [], .. SessionTimer.Answer(terms, Request)], sdp);
        provisional = null;
        IsEstablished = true;
        LocalSdp = sdp;
        AwaitAck(transaction, response, Request.CSeq);
        Renew(terms, Request);
    }

    /// <summary>Refuses with 300-699; a Retry-After in seconds may be added.</summary>
    public void Reject(int code, string? reason = null, IReadOnlyList<SipHeader>? headers = null, int? retryAfterSeconds = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 699);
        var extra = retryAfterSeconds is { } seconds ? [.. headers ?? [], RetryAfter(seconds)] : headers;
        Do(() => RejectNow(SipEndCause.Rejected, code, reason, extra));
    }

    /// <summary>Refuses with 401 and a challenge for each algorithm; the phone calls again with credentials.</summary>
    public void Challenge(DigestAuthenticator authenticator, DigestCheck check) =>
        Reject(401, headers: authenticator.Challenge(check.IsStale));

    internal override void ByeNow()
    {
        if (IsEstablished)
        {
            ByeEstablished();
        }
        else
        {
            RejectNow(SipEndCause.LocalBye, 480, null, null);
        }
    }

    internal void RejectNow(SipEndCause cause, int code, string? reason, IReadOnlyList<SipHeader>? headers, SipMessage? final = null)
    {
        if (transaction.IsFinal)
        {
            return;
        }

        reliable?.Stop();
        transaction.Respond(code, Write(code, reason, headers, null));
        End(cause, code, reason, final);
        Forget();
    }

    internal override void OnTimer(long now)
    {
        if (!OnAckTimer(now) && provisional is { } code && !transaction.IsFinal)
        {
            transaction.Respond(code, Write(code, null, null, null));
            SetTimer(now + ProvisionalRefreshMs);
        }
    }

    private protected override void OnPrack(ServerTransaction prack, SipMessage request)
    {
        if (reliable?.Take(request, Request.CSeq) is not { } taken)
        {
            base.OnPrack(prack, request);
            return;
        }

        IsEarlyAgreed |= taken.Sdp is not null && (Offer is not null || request.Sdp is not null);
        if (request.Sdp is { } offer && Offer is not null)
        {
            OfferByPrack(prack, request, offer);
        }
        else
        {
            Agent.Reply(prack, 200);
            Raise(new CallPracked(taken.Code, request.Sdp));
        }

        reliable.Continue();
        if (!reliable.HoldsAnswer && answerHeld is { } answer)
        {
            answerHeld = null;
            answer();
        }
    }

    private void SendReliably(int code, string? sdp, IReadOnlyList<SipHeader>? headers)
    {
        reliable ??= new ReliableProvisionals(
            Agent,
            (status, description, rseq) => Write(status, null, [.. headers ?? [], new("Require", SipOptionTags.Reliable), new("RSeq", rseq.ToString(System.Globalization.CultureInfo.InvariantCulture))], description),
            (status, response) => transaction.Respond(status, response),
            () => RejectNow(SipEndCause.AckTimeout, 504, "No PRACK", null));
        reliable.Send(code, sdp);
    }

    // RFC 3261 section 15.1.2: a BYE within an early dialog ends the INVITE with 487.
    private protected override void OnRemoteBye(SipMessage bye)
    {
        if (IsEstablished)
        {
            base.OnRemoteBye(bye);
        }
        else
        {
            RejectNow(SipEndCause.RemoteBye, 487, null, null, bye);
        }
    }

    private static SipHeader RetryAfter(int seconds) => new("Retry-After", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private void OnCancel() => RejectNow(SipEndCause.Cancelled, 487, null, null);

    private ReadOnlyMemory<byte> Write(int code, string? reason, IReadOnlyList<SipHeader>? headers, string? sdp) =>
        Agent.WriteResponse(transaction, Request, code, reason, headers, withContact: code < 300, sdp is null ? null : "application/sdp", sdp);
}
