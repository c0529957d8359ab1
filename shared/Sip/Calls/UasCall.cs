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
    private byte[]? provisional;

    internal UasCall(UserAgent agent, ServerTransaction transaction, SipMessage invite, SipFlow flow)
        : base(agent, invite.CallId)
    {
        this.transaction = transaction;
        Request = invite;
        Flow = flow;
        Offer = invite.Sdp;
        transaction.Cancelled = OnCancel;
        SetDialog(Dialog.OfServer(invite, flow, transaction.LocalTag));
    }

    /// <summary>The INVITE.</summary>
    public SipMessage Request { get; }

    /// <summary>Where it came from.</summary>
    public SipFlow Flow { get; }

    /// <summary>The caller's session description, or null when our answer must carry the offer.</summary>
    public string? Offer { get; }

    /// <summary>180.</summary>
    public void Ringing() => Progress(180);

    /// <summary>A 1xx from 101 to 199, with an early session description if given.</summary>
    public void Progress(int code, string? sdp = null, IReadOnlyList<SipHeader>? headers = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 101);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 199);
        Do(() =>
        {
            if (!transaction.IsFinal)
            {
                provisional = Write(code, null, headers, sdp);
                transaction.Respond(code, provisional);
                SetTimer(Agent.Now + ProvisionalRefreshMs);
            }
        });
    }

    /// <summary>200 with our session description; repeated until <see cref="CallAcknowledged"/>.</summary>
    public void Answer(string sdp, IReadOnlyList<SipHeader>? headers = null) => Do(() =>
    {
        if (transaction.IsFinal || IsEnded)
        {
            return;
        }

        var response = Write(200, null, headers, sdp);
        provisional = null;
        IsEstablished = true;
        AwaitAck(transaction, response, Request.CSeq);
    });

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

        transaction.Respond(code, Write(code, reason, headers, null));
        End(cause, code, reason, final);
        Forget();
    }

    internal override void OnTimer(long now)
    {
        if (!OnAckTimer(now) && provisional is not null && !transaction.IsFinal)
        {
            transaction.Respond(180, provisional);
            SetTimer(now + ProvisionalRefreshMs);
        }
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

    private byte[] Write(int code, string? reason, IReadOnlyList<SipHeader>? headers, string? sdp) =>
        Agent.WriteResponse(transaction, Request, code, reason, headers, withContact: code < 300, sdp is null ? null : "application/sdp", sdp);
}
