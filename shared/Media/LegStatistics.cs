using System.Net;

namespace CallCenter.Media;

/// <summary>Why a packet was not passed on.</summary>
public enum DropReason
{
    /// <summary>Not RTP or RTCP version 2, or lengths that do not fit.</summary>
    Malformed,
    /// <summary>Before signalling armed the leg.</summary>
    Unarmed,
    /// <summary>A payload type that was not negotiated.</summary>
    PayloadType,
    /// <summary>From an address that is not the remote's.</summary>
    ForeignAddress,
    /// <summary>The leg does not receive now (hold).</summary>
    Direction,
    /// <summary>Older than the point where the stream was switched.</summary>
    Late,
    /// <summary>A digit for a leg without telephone-event.</summary>
    NoTelephoneEvent,
    /// <summary>The kernel refused to send.</summary>
    SendFailed,
    /// <summary>Of a secure leg: before its keys are there and belong to the remote of the SDP.</summary>
    NotSecured,
    /// <summary>SRTP or STUN whose tag or credentials are wrong.</summary>
    Unauthenticated,
    /// <summary>An SRTP index that was received before, or sent before.</summary>
    Replayed,
    /// <summary>A DTLS hello beyond <see cref="MediaOptions.HandshakesMax"/>; the client repeats it.</summary>
    Busy,
    /// <summary>The other leg's packet has a length that the codec has no frame for: not 5, 10, 20, 40 or 60 ms.</summary>
    FrameLength,
}

/// <summary>Figures of one leg since it was opened. Loss and jitter as RFC 3550, appendices A.3 and A.8.</summary>
public sealed record LegStatistics
{
    public long PacketsReceived { get; init; }
    public long BytesReceived { get; init; }
    public long PacketsSent { get; init; }
    public long BytesSent { get; init; }

    /// <summary>Packets expected but not received, over all SSRCs of the remote.</summary>
    public long PacketsLost { get; init; }
    public double JitterMs { get; init; }

    /// <summary>Lost packets of Opus that were made up for: from the next packet, or by guessing on.</summary>
    public long FramesConcealed { get; init; }

    /// <summary>SSRCs seen from the remote.</summary>
    public int Streams { get; init; }

    /// <summary>What the remote reports of our stream; null before its first report.</summary>
    public long? RemotePacketsLost { get; init; }
    public double? RemoteJitterMs { get; init; }

    /// <summary>Round trip by RTCP; null before it is known.</summary>
    public double? RoundTripMs { get; init; }
    public DateTimeOffset? LastPacketAt { get; init; }

    /// <summary>The learnt address; null before the first valid packet (of a DTLS leg: STUN check).</summary>
    public IPEndPoint? Latched { get; init; }

    /// <summary>The profile in force; null: not secured.</summary>
    public SrtpProfile? Security { get; init; }

    /// <summary>Packets dropped, by reason; every reason is present.</summary>
    public required IReadOnlyDictionary<DropReason, long> Dropped { get; init; }
}
