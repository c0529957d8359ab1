using System.Net;
using System.Net.Sockets;

namespace CallCenter.Media;

/// <summary>
/// Audio codecs of legs. Clips, recordings and conferences are G.711 at 8,000 samples a second, one byte a sample; another
/// codec is turned into it at the leg.
/// </summary>
public enum AudioCodec
{
    /// <summary>G.711 A-law, static payload type 8 (RFC 3551).</summary>
    Pcma,
    /// <summary>G.711 u-law, static payload type 0 (RFC 3551).</summary>
    Pcmu,
    /// <summary>Opus at a clock of 48 kHz, dynamic payload type (RFC 7587), by libopus; see <see cref="PayloadFormat.IsSupported"/>.</summary>
    Opus,
    /// <summary>G.722 at 64 kbit/s, static payload type 9 at a clock of 8 kHz (RFC 3551).</summary>
    G722,
}

/// <summary>An RTP payload type number and what it stands for in this session.</summary>
public readonly record struct PayloadFormat(byte PayloadType, AudioCodec Codec)
{
    public static readonly PayloadFormat Pcma = new(8, AudioCodec.Pcma);
    public static readonly PayloadFormat Pcmu = new(0, AudioCodec.Pcmu);
    public static readonly PayloadFormat G722 = new(9, AudioCodec.G722);

    /// <summary>Can this machine speak a codec? Opus needs libopus.so.0.</summary>
    public static bool IsSupported(AudioCodec codec) => codec != AudioCodec.Opus || Codecs.LibOpus.IsInstalled;
}

/// <summary>Which way media flows, seen from our side (RFC 3264).</summary>
[Flags]
public enum MediaDirection
{
    Inactive = 0,
    SendOnly = 1,
    ReceiveOnly = 2,
    SendReceive = SendOnly | ReceiveOnly,
}

/// <summary>What signalling knows of the remote party's media: the input of <see cref="MediaLeg.SetRemote"/>.</summary>
public sealed record RemoteMedia
{
    /// <summary>Address and port of the remote's SDP. Address 0.0.0.0 or port 0: nothing is sent. A DTLS leg learns its own by ICE and does not look at it.</summary>
    public required IPEndPoint Rtp { get; init; }

    /// <summary>RTCP address of the SDP (RFC 3605); null: the RTP port + 1.</summary>
    public IPEndPoint? Rtcp { get; init; }

    /// <summary>Where the SIP message came from. RTP from it is accepted where the SDP's address is private, unspecified or a loopback; a source of the other family says nothing.</summary>
    public IPAddress? SignallingSource { get; init; }

    /// <summary>Negotiated audio formats, 1 to 8. The first is sent, all are received.</summary>
    public required IReadOnlyList<PayloadFormat> Formats { get; init; }

    /// <summary>Payload type of telephone-event that the remote receives (RFC 4733); null: not negotiated.</summary>
    public byte? TelephoneEvent { get; init; }

    /// <summary>Payload type of telephone-event that we receive, where it differs from <see cref="TelephoneEvent"/> (RFC 3264, 5.1).</summary>
    public byte? TelephoneEventReceived { get; init; }

    /// <summary>Clock of telephone-events, 8000 or 48000 a second: beside Opus it is the one of the 48 kHz format. Default 8000.</summary>
    public int TelephoneEventRate { get; init; } = Clip.Rate;

    /// <summary>Our side's direction. Default: both ways.</summary>
    public MediaDirection Direction { get; init; } = MediaDirection.SendReceive;

    /// <summary>Keys or fingerprint of the remote's SDP; needed by a leg with <see cref="LegOptions.Security"/>, and only by such a one.</summary>
    public RemoteSecurity? Security { get; init; }

    /// <summary>Forget the learnt address although <see cref="Rtp"/> and <see cref="SignallingSource"/> are unchanged.</summary>
    public bool Rearm { get; init; }

    internal void Validate(MediaSecurity security, AddressFamily family)
    {
        RemoteSecurity.Validate(Security, security);
        ThrowIfNot(family, Rtp);
        ThrowIfNot(family, Rtcp);
        if (Formats.Count is < 1 or > 8)
        {
            throw new ArgumentException($"A leg needs 1 to 8 audio formats, not {Formats.Count}.");
        }
        foreach (var format in Formats)
        {
            ThrowIfNotPayloadType(format.PayloadType);
            if (!PayloadFormat.IsSupported(format.Codec))
            {
                throw new ArgumentException($"{format.Codec} is not on this machine: install its library or leave it out of the SDP.");
            }
        }
        ThrowIfNotPayloadType(TelephoneEvent);
        ThrowIfNotPayloadType(TelephoneEventReceived);
        if (TelephoneEventRate is not (8000 or 48_000))
        {
            throw new ArgumentException($"{TelephoneEventRate} is no clock of telephone-events: 8000 or 48000.");
        }
    }

    private static void ThrowIfNot(AddressFamily family, IPEndPoint? endpoint)
    {
        // Port 0 is nowhere, in either family.
        if (endpoint is { Port: not 0 } && endpoint.AddressFamily != family)
        {
            throw new ArgumentException($"{endpoint} cannot be reached from a leg of {family}.");
        }
    }

    private static void ThrowIfNotPayloadType(byte? type)
    {
        if (type > 127)
        {
            throw new ArgumentException($"{type} is not an RTP payload type (0 to 127).");
        }
    }
}
