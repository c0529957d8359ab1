using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Calls;

/// <summary>What happens to a call, in order. The last is <see cref="CallEnded"/>, exactly once.</summary>
public abstract record SipCallEvent;

/// <summary>The peer's ACK to our 2xx. Sdp is its answer when the offer was in our 2xx, else null.</summary>
public sealed record CallAcknowledged(string? Sdp) : SipCallEvent;

/// <summary>A 1xx other than 100 to our INVITE. Sdp is an early answer or null.</summary>
public sealed record CallProgress(int Code, string Reason, string? Sdp) : SipCallEvent;

/// <summary>A 2xx to our INVITE or re-INVITE; the ACK has been sent. Sdp is the answer.</summary>
public sealed record CallAnswered(string? Sdp) : SipCallEvent;

/// <summary>The peer's PRACK to a reliable 1xx of ours (RFC 3262). Sdp is its answer when the offer was in that 1xx, else null.</summary>
public sealed record CallPracked(int Code, string? Sdp) : SipCallEvent;

/// <summary>A 2xx to our UPDATE; Sdp is the answer.</summary>
public sealed record CallUpdated(string? Sdp) : SipCallEvent;

/// <summary>How the transfer goes that our REFER asked for: 202, then what the peer's NOTIFYs tell; 0 where one tells no status.</summary>
public sealed record CallReferred(int Code, bool IsFinal) : SipCallEvent;

/// <summary>
/// Our re-INVITE or UPDATE was refused: the session stays as it was (RFC 3261 section 14.1). 491 comes only after it was tried again in vain.
/// </summary>
public sealed record CallReofferRefused(int Code, string Reason) : SipCallEvent;

/// <summary>An INFO, answered 200. Digit ('0'-'9', '*', '#', 'A'-'D') and DurationMs are set when it holds one, else Digit is null.</summary>
public sealed record CallInfo(char? Digit, int DurationMs, string? ContentType, ReadOnlyMemory<byte> Body) : SipCallEvent;

/// <summary>Why a call ended.</summary>
public enum SipEndCause
{
    /// <summary>The caller took its INVITE back (UAS), or our Cancel took effect (UAC).</summary>
    Cancelled,

    /// <summary>The peer sent BYE.</summary>
    RemoteBye,

    /// <summary>Our Bye.</summary>
    LocalBye,

    /// <summary>Our Reject; Code is ours.</summary>
    Rejected,

    /// <summary>The peer refused our INVITE; Code is the peer's.</summary>
    Refused,

    /// <summary>No ACK came within 64*T1; a BYE has been sent (RFC 3261 section 13.3.1.4).</summary>
    AckTimeout,

    /// <summary>No answer came in time: 408.</summary>
    Timeout,

    /// <summary>It could not be sent: 503.</summary>
    TransportError,

    /// <summary>The session timer ran out without a refresh; a BYE has been sent (RFC 4028 section 10).</summary>
    SessionExpired,

    /// <summary>The peer no longer knows the dialog: 481 or 408 to a request of ours (RFC 3261 section 12.2.1.2).</summary>
    DialogGone,
}

/// <summary>The call is over. Final is the peer's last message where one ended it (its headers say more: Reason, Contact of a 302), else null.</summary>
public sealed record CallEnded(SipEndCause Cause, int Code, string Reason, SipMessage? Final) : SipCallEvent;

/// <summary>
/// A re-INVITE or UPDATE with a session description, to be answered once, within 64*T1 of the peer's patience.
/// Sdp null: a re-INVITE without offer, accept it with an offer of ours.
/// </summary>
public sealed record CallOffer(SipMethod Method, string? Sdp) : SipCallEvent
{
    internal Action<string> OnAccept { get; init; } = _ => { };

    internal Action<int> OnReject { get; init; } = _ => { };

    /// <summary>Answers 200 with that session description.</summary>
    public void Accept(string sdp) => OnAccept(sdp);

    /// <summary>Refuses: the session stays as it was. 488 is the usual code.</summary>
    public void Reject(int code) => OnReject(code);
}

/// <summary>
/// The peer asks us to call somebody: a transfer (RFC 3515). Accept or Reject it, then Report how it goes until a final code.
/// Target is a URI without headers, User its user part. With Replaces it is an attended transfer: the new call takes the place of that dialog, which is
/// <paramref name="Replaced"/> when it is one of this endpoint.
/// </summary>
public sealed record CallRefer(string Target, string User, SipReplaces? Replaces, SipCall? Replaced, string? ReferredBy) : SipCallEvent
{
    internal Action OnAccept { get; init; } = () => { };

    internal Action<int> OnReject { get; init; } = _ => { };

    internal Action<int> OnReport { get; init; } = _ => { };

    /// <summary>202, and NOTIFY 100 unless the peer wants none (RFC 4488).</summary>
    public void Accept() => OnAccept();

    /// <summary>Refuses: nothing is transferred. 603 is the usual code.</summary>
    public void Reject(int code) => OnReject(code);

    /// <summary>NOTIFY with that status; 200 and above is the last.</summary>
    public void Report(int code) => OnReport(code);
}
