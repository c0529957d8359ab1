using System.Globalization;
using System.Net;
using System.Text;

namespace CallCenter.Sip.Sdp;

/// <summary>Direction of media, seen from whoever wrote the description (RFC 8866 section 6.7).</summary>
public enum SdpDirection
{
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

/// <summary>An a= line: Value is null for a flag.</summary>
public readonly record struct SdpAttribute(string Name, string? Value);

/// <summary>Bounds of a session description.</summary>
public static class SdpLimits
{
    /// <summary>Characters of a description.</summary>
    public const int LengthMax = 32 * 1024;

    /// <summary>Lines of a description.</summary>
    public const int LinesMax = 512;

    /// <summary>m= lines of a description.</summary>
    public const int MediaMax = 16;

    /// <summary>Formats of a media line.</summary>
    public const int FormatsMax = 64;
}

/// <summary>A session description (RFC 8866). Lines that this library gives no meaning to are kept as attributes or left out when written.</summary>
public sealed record SdpSession
{
    [ThreadStatic]
    private static StringBuilder? scratch;

    /// <summary>o= user name.</summary>
    public string UserName { get; init; } = "-";

    /// <summary>o= session id.</summary>
    public ulong SessionId { get; init; }

    /// <summary>o= version: raised by one whenever the description changes (RFC 3264 section 8).</summary>
    public ulong Version { get; init; }

    /// <summary>o= address.</summary>
    public string OriginAddress { get; init; } = "127.0.0.1";

    public string Name { get; init; } = "-";

    /// <summary>c= of the session, or null: an address or a host name.</summary>
    public string? Connection { get; init; }

    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    public IReadOnlyList<SdpMedia> Media { get; init; } = [];

    /// <summary>Reads a description; false with a reason when it is malformed. Never throws.</summary>
    public static bool TryParse(string text, out SdpSession session, out string reason) => SdpReader.TryRead(text, out session, out reason);

    /// <summary>The address a media line is to be sent to: its own c=, else the session's; null when there is none or it is a name.</summary>
    public IPAddress? AddressOf(SdpMedia media) =>
        IPAddress.TryParse(media.Connection ?? Connection ?? "", out var address) ? address : null;

    /// <summary>A media line's direction: its own, else the session's, else sendrecv (RFC 8866 section 6.7).</summary>
    public SdpDirection DirectionOf(SdpMedia media) => media.Direction ?? DirectionIn(Attributes) ?? SdpDirection.SendRecv;

    /// <summary>The description as it goes into a body, lines ended with CRLF.</summary>
    public override string ToString()
    {
        var text = (scratch ??= new StringBuilder(1024)).Clear();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"v=0\r\no={UserName} {SessionId} {Version} IN {Family(OriginAddress)} {OriginAddress}\r\ns={Name}\r\n");
        if (Connection is not null)
        {
            text.Append(culture, $"c=IN {Family(Connection)} {Connection}\r\n");
        }

        text.Append("t=0 0\r\n");
        Write(text, Attributes);
        for (var i = 0; i < Media.Count; i++)
        {
            Write(text, Media[i]);
        }

        return text.ToString();
    }

    internal static SdpDirection? DirectionIn(IReadOnlyList<SdpAttribute> attributes)
    {
        for (var i = 0; i < attributes.Count; i++)
        {
            if (ParseDirection(attributes[i].Name) is { } direction)
            {
                return direction;
            }
        }

        return null;
    }

    internal static string NameOf(SdpDirection direction) => direction switch
    {
        SdpDirection.SendOnly => "sendonly",
        SdpDirection.RecvOnly => "recvonly",
        SdpDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    private static SdpDirection? ParseDirection(string name) => name switch
    {
        "sendrecv" => SdpDirection.SendRecv,
        "sendonly" => SdpDirection.SendOnly,
        "recvonly" => SdpDirection.RecvOnly,
        "inactive" => SdpDirection.Inactive,
        _ => null,
    };

    private static string Family(string address) => address.Contains(':', StringComparison.Ordinal) ? "IP6" : "IP4";

    private static void Write(StringBuilder text, SdpMedia media)
    {
        text.Append(CultureInfo.InvariantCulture, $"m={media.Type} {media.Port}");
        if (media.PortCount > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"/{media.PortCount}");
        }

        text.Append(' ').Append(media.Protocol);
        for (var i = 0; i < media.Formats.Count; i++)
        {
            text.Append(' ').Append(media.Formats[i]);
        }

        text.Append("\r\n");
        if (media.Connection is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"c=IN {Family(media.Connection)} {media.Connection}\r\n");
        }

        Write(text, media.Attributes);
    }

    private static void Write(StringBuilder text, IReadOnlyList<SdpAttribute> attributes)
    {
        for (var i = 0; i < attributes.Count; i++)
        {
            var (name, value) = attributes[i];
            text.Append("a=").Append(name);
            if (value is not null)
            {
                text.Append(':').Append(value);
            }

            text.Append("\r\n");
        }
    }
}

/// <summary>An m= line with what belongs to it.</summary>
public sealed record SdpMedia
{
    /// <summary>"audio", "video", ...</summary>
    public required string Type { get; init; }

    /// <summary>0: refused or not offered (RFC 3264 section 6).</summary>
    public required int Port { get; init; }

    public int PortCount { get; init; } = 1;

    /// <summary>"RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVPF", ...</summary>
    public string Protocol { get; init; } = "RTP/AVP";

    /// <summary>Payload types, as written.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>c= of this media line, or null.</summary>
    public string? Connection { get; init; }

    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    /// <summary>The line's own direction, or null.</summary>
    public SdpDirection? Direction => SdpSession.DirectionIn(Attributes);

    /// <summary>Packet time in milliseconds, or null.</summary>
    public int? PtimeMs => int.TryParse(Attribute("ptime"), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms is > 0 and <= 200 ? ms : null;

    /// <summary>Port of RTCP when it is not the next one (RFC 3605), or null.</summary>
    public int? RtcpPort => int.TryParse(Attribute("rtcp")?.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : null;

    /// <summary>The codecs in order of preference: rtpmap, or the static payload types of RFC 3551 that are known here; others are left out.</summary>
    public IReadOnlyList<SdpCodec> Codecs => SdpCodec.Of(this);

    /// <summary>The first attribute of that name: its value, "" for a flag, null when absent.</summary>
    public string? Attribute(string name)
    {
        for (var i = 0; i < Attributes.Count; i++)
        {
            if (Attributes[i].Name == name)
            {
                return Attributes[i].Value ?? "";
            }
        }

        return null;
    }
}
