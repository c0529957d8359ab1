using System.Globalization;

namespace CallCenter.Sip.Sdp;

/// <summary>A codec on a payload type (RFC 8866 section 6.6). Fmtp is its parameters or null.</summary>
public sealed record SdpCodec(int PayloadType, string Name, int ClockRate, int Channels = 1, string? Fmtp = null)
{
    /// <summary>G.711 u-law (RFC 3551).</summary>
    public static SdpCodec Pcmu { get; } = new(0, "PCMU", 8000);

    /// <summary>G.711 A-law (RFC 3551).</summary>
    public static SdpCodec Pcma { get; } = new(8, "PCMA", 8000);

    /// <summary>G.722 (RFC 3551: its clock is 8 kHz, its audio 16).</summary>
    public static SdpCodec G722 { get; } = new(9, "G722", 8000);

    /// <summary>Opus (RFC 7587: always 48 kHz and two channels in the description), payload type 111 where we choose it; asks for FEC.</summary>
    public static SdpCodec Opus { get; } = new(111, "opus", 48000, 2, "minptime=10;useinbandfec=1");

    /// <summary>DTMF digits 0-15 (RFC 4733) at the clock of Opus, payload type 110 where we choose it.</summary>
    public static SdpCodec TelephoneEvent48k { get; } = new(110, "telephone-event", 48000, 1, "0-15");

    /// <summary>DTMF digits 0-15 (RFC 4733), payload type 101 where we choose it.</summary>
    public static SdpCodec TelephoneEvent { get; } = new(101, "telephone-event", 8000, 1, "0-15");

    public bool IsTelephoneEvent => Name.Equals("telephone-event", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for the same encoding, whatever its payload type (RFC 3264 section 6.1).</summary>
    public bool Matches(SdpCodec other) =>
        Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase) && ClockRate == other.ClockRate && Channels == other.Channels;

    internal IEnumerable<SdpAttribute> Describe()
    {
        var channels = Channels > 1 ? string.Create(CultureInfo.InvariantCulture, $"/{Channels}") : "";
        yield return new SdpAttribute("rtpmap", string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Name}/{ClockRate}{channels}"));
        if (Fmtp is not null)
        {
            yield return new SdpAttribute("fmtp", string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Fmtp}"));
        }
    }

    internal static IReadOnlyList<SdpCodec> Of(SdpMedia media)
    {
        var codecs = new List<SdpCodec>(media.Formats.Count);
        foreach (var format in media.Formats)
        {
            if (int.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var payloadType) && payloadType <= 127 && Find(media, payloadType) is { } codec)
            {
                codecs.Add(codec);
            }
        }

        return codecs;
    }

    private static SdpCodec? Find(SdpMedia media, int payloadType)
    {
        string? map = null, fmtp = null;
        foreach (var attribute in media.Attributes)
        {
            if (attribute.Name == "rtpmap" && ValueFor(attribute, payloadType) is { } found)
            {
                map ??= found;
            }
            else if (attribute.Name == "fmtp" && ValueFor(attribute, payloadType) is { } parameters)
            {
                fmtp ??= parameters;
            }
        }

        if (map is null)
        {
            return payloadType switch { 0 => Pcmu, 8 => Pcma, 9 => G722, _ => null };
        }

        var parts = map.Split('/');
        return parts.Length is 2 or 3 && parts[0].Length > 0
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate > 0
            ? new SdpCodec(payloadType, parts[0], rate, parts.Length == 3 && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var channels) ? channels : 1, fmtp)
            : null;
    }

    private static string? ValueFor(SdpAttribute attribute, int payloadType)
    {
        var space = attribute.Value?.IndexOf(' ', StringComparison.Ordinal) ?? -1;
        return space > 0 && int.TryParse(attribute.Value.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == payloadType
            ? attribute.Value![(space + 1)..].Trim()
            : null;
    }
}
