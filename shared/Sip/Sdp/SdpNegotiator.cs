using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CallCenter.Sip.Sdp;

/// <summary>What our side can do: where it receives and in which codecs, in order of preference.</summary>
public sealed record SdpCapabilities
{
    /// <summary>Address we receive media at: goes into c= and o=.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>RTP port we receive at; RTCP is the next one, with DTLS the same.</summary>
    public required int Port { get; init; }

    public IReadOnlyList<SdpCodec> Codecs { get; init; } = [SdpCodec.Pcma, SdpCodec.Pcmu, SdpCodec.TelephoneEvent];

    /// <summary>How our media is protected; null: plain RTP. Only a line of the same kind is agreed to.</summary>
    public SdpSecurity? Security { get; init; }

    /// <summary>Milliseconds of a packet. Default 20.</summary>
    public int PtimeMs { get; init; } = 20;

    /// <summary>What we want to do; an answer never does more than the offer allows.</summary>
    public SdpDirection Direction { get; init; } = SdpDirection.SendRecv;

    /// <summary>o= session id: keep it for all descriptions of one call.</summary>
    public ulong SessionId { get; init; } = 1;

    /// <summary>o= version: raise it with every changed description of the call.</summary>
    public ulong Version { get; init; } = 1;
}

/// <summary>
/// The audio both sides agreed on. Codec carries the payload type we send and receive; TelephoneEvent the one for digits, or null.
/// Direction is ours. IsHeld: the peer does not want to hear us (RFC 3264 section 8.4; c=0.0.0.0 of RFC 2543).
/// </summary>
public sealed record NegotiatedAudio(SdpCodec Codec, int? TelephoneEvent, IPEndPoint? Remote, int RemoteRtcpPort, SdpDirection Direction, int PtimeMs, bool IsHeld)
{
    /// <summary>What the peer says of its protected media; null: plain. Of SDES one line: our own key is that of the same suite.</summary>
    public SdpSecurity? Security { get; init; }
}

/// <summary>The outcome of an offer and its answer.</summary>
public abstract record SdpNegotiation;

/// <summary>Agreed. Local is our description: the answer, or the offer that was accepted.</summary>
public sealed record SdpAgreed(SdpSession Local, NegotiatedAudio Audio) : SdpNegotiation;

/// <summary>Not agreed: the code to refuse with (488 no common codec, 400 malformed) and why.</summary>
public sealed record SdpRefused(int Code, string Reason) : SdpNegotiation;

/// <summary>Offer and answer for one audio stream (RFC 3264). Other media lines are refused with port 0, in their place.</summary>
public static class SdpNegotiator
{
    /// <summary>No codec, or no audio of the same protection, is common to both.</summary>
    public static SdpRefused NoCommonCodec { get; } = new(488, "no common codec");

    /// <summary>Our offer.</summary>
    public static SdpSession Offer(SdpCapabilities ours) =>
        Session(ours, [Audio(ours, ours.Codecs, ours.Direction, SdpSecurityLines.ProtocolOf(ours.Security), isAnswer: false)]);

    /// <summary>How the offer's first audio is protected: what our side has to be opened with before it can answer. None when it cannot be read.</summary>
    public static SdpProtection ProtectionOf(string offer) =>
        SdpSession.TryParse(offer, out var theirs, out _) && theirs.Media.FirstOrDefault(m => m.Type == "audio" && m.Port != 0) is { } audio
            ? SdpSecurityLines.ProtectionOf(theirs, audio)
            : SdpProtection.None;

    /// <summary>The family of the address at which the offer's first audio is received; null when it says none, or is received nowhere.</summary>
    public static AddressFamily? FamilyOf(string offer) =>
        SdpSession.TryParse(offer, out var theirs, out _) && theirs.Media.FirstOrDefault(m => m.Type == "audio" && m.Port != 0) is { } audio
            ? theirs.AddressOf(audio)?.AddressFamily
            : null;

    /// <summary>
    /// Our answer to an offer: the first audio line that has a codec of ours, in the offer's order of preference (RFC 3264 section 6.1),
    /// with one codec, so that media cannot change it unasked, and the telephone-event of the same clock.
    /// </summary>
    public static SdpNegotiation Answer(string offer, SdpCapabilities ours)
    {
        if (!SdpSession.TryParse(offer, out var theirs, out var reason))
        {
            return new SdpRefused(400, reason);
        }

        NegotiatedAudio? audio = null;
        var lines = new SdpMedia[theirs.Media.Count];
        for (var i = 0; i < theirs.Media.Count; i++)
        {
            var media = theirs.Media[i];
            if (audio is null && Agree(theirs, media, ours.Codecs, ours.Direction, ours.PtimeMs) is { } found && Secure(theirs, media, ours.Security, found, false) is { } agreed)
            {
                audio = agreed;
                var codecs = agreed.TelephoneEvent is { } payloadType ? new[] { agreed.Codec, EventsAt(payloadType, agreed.Codec.ClockRate) } : [agreed.Codec];
                var chosen = agreed.PtimeMs == ours.PtimeMs && ours.Security is null ? ours : ours with { PtimeMs = agreed.PtimeMs, Security = Chosen(ours.Security, agreed.Security) };
                lines[i] = Audio(chosen, codecs, agreed.Direction, media.Protocol, isAnswer: true);
            }
            else
            {
                lines[i] = new SdpMedia { Type = media.Type, Port = 0, Protocol = media.Protocol, Formats = [media.Formats[0]] };
            }
        }

        return audio is null ? NoCommonCodec : new SdpAgreed(Session(ours, lines), audio);
    }

    /// <summary>Reads the peer's answer to our offer.</summary>
    public static SdpNegotiation Accept(SdpSession offer, string answer)
    {
        if (!SdpSession.TryParse(answer, out var theirs, out var reason))
        {
            return new SdpRefused(400, reason);
        }

        for (var i = 0; i < Math.Min(offer.Media.Count, theirs.Media.Count); i++)
        {
            var ours = offer.Media[i];
            if (theirs.Media[i].Protocol == ours.Protocol && SdpSecurityLines.TryRead(offer, ours, false, out var security)
                && Agree(theirs, theirs.Media[i], ours.Codecs, offer.DirectionOf(ours), ours.PtimeMs ?? 20) is { } found
                && Secure(theirs, theirs.Media[i], security, found, true) is { } agreed)
            {
                return new SdpAgreed(offer, agreed);
            }
        }

        return NoCommonCodec;
    }

    private static SdpCodec EventsAt(int payloadType, int clockRate) => SdpCodec.TelephoneEvent is var usual && usual.PayloadType == payloadType && usual.ClockRate == clockRate
        ? usual
        : usual with { PayloadType = payloadType, ClockRate = clockRate };

    private static readonly string[] Protocols = ["RTP/AVP", "RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF"];

    // Both sides protect in the same way, or not at all; of SDES the first line of theirs whose suite is ours too (RFC 4568 section 5.1.2).
    private static NegotiatedAudio? Secure(SdpSession theirs, SdpMedia media, SdpSecurity? ours, NegotiatedAudio audio, bool isAnswer)
    {
        if (!SdpSecurityLines.TryRead(theirs, media, isAnswer, out var security))
        {
            return null;
        }

        return (ours, security) switch
        {
            (null, null) => audio,
            (DtlsSecurity, DtlsSecurity) => audio with { Security = security, RemoteRtcpPort = audio.Remote?.Port ?? audio.RemoteRtcpPort },
            (SdesSecurity own, SdesSecurity peers) => peers.Crypto.FirstOrDefault(c => own.Crypto.Any(o => o.Suite == c.Suite && (!isAnswer || o.Tag == c.Tag))) is { } crypto
                ? audio with { Security = new SdesSecurity([crypto]) }
                : null,
            _ => null,
        };
    }

    // RFC 4568 section 5.1.2: the answer has the tag and suite that were chosen, with our own key.
    private static SdpSecurity? Chosen(SdpSecurity? ours, SdpSecurity? agreed) => ours is SdesSecurity own && agreed is SdesSecurity { Crypto: [var theirs, ..] }
        ? new SdesSecurity([own.Crypto.First(o => o.Suite == theirs.Suite) with { Tag = theirs.Tag }])
        : ours;

    private static NegotiatedAudio? Agree(SdpSession theirs, SdpMedia media, IReadOnlyList<SdpCodec> ours, SdpDirection wanted, int ptimeMs)
    {
        if (media.Type != "audio" || media.Port == 0 || !Protocols.Contains(media.Protocol))
        {
            return null;
        }

        var offered = media.Codecs;
        if (CommonCodec(offered, ours) is not { } codec)
        {
            return null;
        }

        var events = CommonEvents(offered, ours, codec.ClockRate);
        var address = theirs.AddressOf(media);
        var blackHole = address is not null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

        // With ICE the address says nothing (RFC 8839 section 4.2.1.2): it is found by checks.
        var hold = blackHole && SdpSecurityLines.ProtectionOf(theirs, media) != SdpProtection.Dtls;
        var direction = hold ? SdpDirection.SendOnly : theirs.DirectionOf(media);
        var held = direction is SdpDirection.SendOnly or SdpDirection.Inactive;
        return new NegotiatedAudio(
            codec,
            events?.PayloadType,
            address is null || blackHole ? null : new IPEndPoint(address, media.Port),
            media.RtcpPort ?? Math.Min(media.Port + 1, 65535),
            Common(wanted, direction),
            media.PtimeMs ?? ptimeMs,
            held);
    }

    private static SdpCodec? CommonCodec(IReadOnlyList<SdpCodec> offered, IReadOnlyList<SdpCodec> ours)
    {
        for (var i = 0; i < offered.Count; i++)
        {
            for (var own = 0; own < ours.Count && !offered[i].IsTelephoneEvent; own++)
            {
                if (ours[own].Matches(offered[i]))
                {
                    return offered[i];
                }
            }
        }

        return null;
    }

    private static SdpCodec? CommonEvents(IReadOnlyList<SdpCodec> offered, IReadOnlyList<SdpCodec> ours, int clockRate)
    {
        for (var own = 0; own < ours.Count; own++)
        {
            for (var i = 0; i < offered.Count && ours[own].IsTelephoneEvent; i++)
            {
                if (offered[i].IsTelephoneEvent && offered[i].ClockRate == clockRate)
                {
                    return offered[i];
                }
            }
        }

        return null;
    }

    // RFC 3264 section 6.1: we send only where they receive, and receive only where they send.
    private static SdpDirection Common(SdpDirection ours, SdpDirection theirs)
    {
        var send = ours is SdpDirection.SendRecv or SdpDirection.SendOnly && theirs is SdpDirection.SendRecv or SdpDirection.RecvOnly;
        var receive = ours is SdpDirection.SendRecv or SdpDirection.RecvOnly && theirs is SdpDirection.SendRecv or SdpDirection.SendOnly;
        return (send, receive) switch
        {
            (true, true) => SdpDirection.SendRecv,
            (true, false) => SdpDirection.SendOnly,
            (false, true) => SdpDirection.RecvOnly,
            _ => SdpDirection.Inactive,
        };
    }

    private static SdpSession Session(SdpCapabilities ours, IReadOnlyList<SdpMedia> media) => new()
    {
        SessionId = ours.SessionId,
        Version = ours.Version,
        OriginAddress = ours.Address.ToString(),
        Connection = ours.Address.ToString(),
        Attributes = ours.Security is DtlsSecurity ? [new SdpAttribute("ice-lite", null)] : [],
        Media = media,
    };

    private static int Lines(IReadOnlyList<SdpCodec> codecs)
    {
        var lines = codecs.Count;
        for (var i = 0; i < codecs.Count; i++)
        {
            lines += codecs[i].Fmtp is null ? 0 : 1;
        }

        return lines;
    }

    private static SdpMedia Audio(SdpCapabilities ours, IReadOnlyList<SdpCodec> codecs, SdpDirection direction, string protocol, bool isAnswer)
    {
        var formats = new string[codecs.Count];
        var lines = new List<SdpAttribute>(Lines(codecs) + 2);
        for (var i = 0; i < codecs.Count; i++)
        {
            formats[i] = codecs[i].PayloadType.ToString(CultureInfo.InvariantCulture);
            codecs[i].Describe(lines);
        }

        lines.Add(new SdpAttribute("ptime", ours.PtimeMs.ToString(CultureInfo.InvariantCulture)));
        lines.Add(new SdpAttribute(SdpSession.NameOf(direction), null));
        if (ours.Security is not null)
        {
            lines.AddRange(SdpSecurityLines.Describe(ours, isAnswer));
        }

        return new SdpMedia { Type = "audio", Port = ours.Port, Protocol = protocol, Formats = formats, Attributes = lines };
    }
}
