using System.Net;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip;

/// <summary>What an endpoint calls, always on its one loop: a handler must not block.</summary>
public sealed class SipHandlers
{
    /// <summary>A new call. Set its OnEvent, then ring, answer, reject or keep it for later.</summary>
    public required Action<UasCall> Invite { get; init; }

    /// <summary>What a handler threw.</summary>
    public required Action<Exception> Error { get; init; }

    /// <summary>Asked before a message is read at all: false drops it. Null reads all.</summary>
    public Func<SipFlow, bool>? Screen { get; init; }

    /// <summary>Asked before a request outside of a dialog makes any state; null accepts all.</summary>
    public Func<SipMessage, SipFlow, Admission>? Admit { get; init; }

    /// <summary>Takes REGISTER; null answers 405.</summary>
    public Registrar? Registrar { get; init; }

    /// <summary>
    /// Whether that is another endpoint that we work with (port 0: any port of its address): it may call the phones whose connections are here,
    /// by <see cref="SipEndpoint.RouteTo"/>. Null: there is none.
    /// </summary>
    public Func<IPEndPoint, bool>? IsPeer { get; init; }

    /// <summary>Sees every message sent and received; null costs nothing.</summary>
    public SipTrace? Trace { get; init; }
}

/// <summary>A message as it passed a socket. Bytes are lent: copy what is kept.</summary>
public readonly record struct SipTraceRecord(DateTimeOffset At, bool Sent, SipTransport Transport, IPEndPoint Local, IPEndPoint Remote, ReadOnlyMemory<byte> Bytes);

/// <summary>Sees messages; called on the loop.</summary>
public delegate void SipTrace(in SipTraceRecord record);

internal enum AdmissionKind
{
    Accept,
    Refuse,
    Drop,
}

/// <summary>The answer of <see cref="SipHandlers.Admit"/>.</summary>
public readonly record struct Admission
{
    internal AdmissionKind Kind { get; private init; }

    internal int Code { get; private init; }

    internal int? RetryAfterSeconds { get; private init; }

    public static Admission Accept => default;

    /// <summary>No answer at all.</summary>
    public static Admission Drop => new() { Kind = AdmissionKind.Drop };

    /// <summary>A stateless answer: 403, or 503 with Retry-After in seconds.</summary>
    public static Admission Refuse(int code, int? retryAfterSeconds = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 699);
        return new() { Kind = AdmissionKind.Refuse, Code = code, RetryAfterSeconds = retryAfterSeconds };
    }
}
