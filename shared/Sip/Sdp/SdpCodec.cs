using System.Globalization;
using CallCenter.Sip.Messages;

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

    private static readonly SdpCodec[] Usual = [Pcma, Pcmu, TelephoneEvent, G722];

    public bool IsTelephoneEvent => Name.Equals("telephone-event", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for the same encoding, whatever its payload type (RFC 3264 section 6.1).</summary>
    public bool Matches(SdpCodec other) =>
        Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase) && ClockRate == other.ClockRate && Channels == other.Channels;

    internal void Describe(List<SdpAttribute> lines)
    {
        Span<char> text = stackalloc char[128];
        var written = 0;
        _ = Channels > 1
            ? text.TryWrite(CultureInfo.InvariantCulture, $"{PayloadType} {Name}/{ClockRate}/{Channels}", out written)
            : text.TryWrite(CultureInfo.InvariantCulture, $"{PayloadType} {Name}/{ClockRate}", out written);
        lines.Add(new SdpAttribute("rtpmap", written > 0 ? SipStrings.Of(text[..written]) : $"{PayloadType} {Name}/{ClockRate}"));
        if (Fmtp is not null)
        {
            lines.Add(new SdpAttribute("fmtp", text.TryWrite(CultureInfo.InvariantCulture, $"{PayloadType} {Fmtp}", out written) ? SipStrings.Of(text[..written]) : $"{PayloadType} {Fmtp}"));
        }
    }

    internal static List<SdpCodec> Of(SdpMedia media)
    {
        var codecs = new List<SdpCodec>(media.Formats.Count);
        for (var i = 0; i < media.Formats.Count; i++)
        {
            if (int.TryParse(media.Formats[i], NumberStyles.None, CultureInfo.InvariantCulture, out var payloadType) && payloadType <= 127 && Find(media, payloadType) is { } codec)
            {
                codecs.Add(codec);
            }
        }

        return codecs;
    }

    private static SdpCodec? Find(SdpMedia media, int payloadType)
    {
        ReadOnlySpan<char> map = default, fmtp = default;
        var (mapped, hasFmtp) = (false, false);
        for (var i = 0; i < media.Attributes.Count; i++)
        {
            var attribute = media.Attributes[i];
            if (!mapped && attribute.Name == "rtpmap")
            {
                mapped = TryValue(attribute, payloadType, out map);
            }
            else if (!hasFmtp && attribute.Name == "fmtp")
            {
                hasFmtp = TryValue(attribute, payloadType, out fmtp);
            }
        }

        return mapped ? Mapped(payloadType, map, hasFmtp ? SipStrings.Of(fmtp) : null) : payloadType switch { 0 => Pcmu, 8 => Pcma, 9 => G722, _ => null };
    }

    private static SdpCodec? Mapped(int payloadType, ReadOnlySpan<char> map, string? fmtp)
    {
        Span<Range> parts = stackalloc Range[4];
        var count = map.Split(parts, '/');
        if (count is not (2 or 3) || map[parts[0]].IsEmpty || !int.TryParse(map[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var rate) || rate <= 0)
        {
            return null;
        }

        var channels = count == 3 && int.TryParse(map[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : 1;
        var name = map[parts[0]];
        foreach (var known in Usual)
        {
            if (known.PayloadType == payloadType && known.ClockRate == rate && known.Channels == channels && known.Fmtp == fmtp && name.SequenceEqual(known.Name))
            {
                return known;
            }
        }

        return new SdpCodec(payloadType, SipStrings.Of(name), rate, channels, fmtp);
    }

    private static bool TryValue(SdpAttribute attribute, int payloadType, out ReadOnlySpan<char> value)
    {
        var text = attribute.Value.AsSpan();
        var space = text.IndexOf(' ');
        value = space > 0 ? text[(space + 1)..].Trim() : default;
        return space > 0 && int.TryParse(text[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == payloadType;
    }
}
