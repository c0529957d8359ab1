using System.Globalization;

namespace CallCenter.Sip.Sdp;

/// <summary>Text to description, line by line (RFC 8866 section 5). Lines of no use here (b=, k=, r=, ...) are skipped.</summary>
internal static class SdpReader
{
    public static bool TryRead(string text, out SdpSession session, out string reason)
    {
        session = new SdpSession();
        reason = text.Length > SdpLimits.LengthMax ? "description too long" : "";
        var attributes = new List<SdpAttribute>();
        var media = new List<SdpMedia>();
        var lines = 0;
        var versionSeen = false;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range].TrimEnd('\r');
            if (reason.Length > 0 || line.IsEmpty)
            {
                continue;
            }

            if (++lines > SdpLimits.LinesMax || line.Length < 2 || line[1] != '=')
            {
                reason = lines > SdpLimits.LinesMax ? "too many lines" : "a line is not of the form x=value";
                break;
            }

            versionSeen |= line.StartsWith("v=0");
            reason = Take(line[0], line[2..].ToString(), ref session, attributes, media);
        }

        reason = reason.Length == 0 && !versionSeen ? "v=0 missing" : reason;
        session = session with { Attributes = session.Attributes.Count == 0 && media.Count == 0 ? attributes : session.Attributes, Media = Close(media, attributes) };
        return reason.Length == 0;
    }

    private static string Take(char type, string value, ref SdpSession session, List<SdpAttribute> attributes, List<SdpMedia> media)
    {
        switch (type)
        {
            case 'o':
                return TakeOrigin(value, ref session);
            case 's':
                session = session with { Name = value };
                return "";
            case 'c':
                return TakeConnection(value, ref session, media);
            case 'a':
                var colon = value.IndexOf(':', StringComparison.Ordinal);
                attributes.Add(colon < 0 ? new SdpAttribute(value, null) : new SdpAttribute(value[..colon], value[(colon + 1)..]));
                return "";
            case 'm':
                return TakeMedia(value, ref session, attributes, media);
            default:
                return "";
        }
    }

    private static string TakeOrigin(string value, ref SdpSession session)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 6)
        {
            return "o= malformed";
        }

        // Numeric by RFC 8866; some peers write more digits than fit, and only equality matters.
        session = session with { UserName = parts[0], SessionId = Number(parts[1]), Version = Number(parts[2]), OriginAddress = parts[5] };
        return "";
    }

    private static ulong Number(string digits) => ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string TakeConnection(string value, ref SdpSession session, List<SdpMedia> media)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3 || parts[0] != "IN" || parts[1] is not ("IP4" or "IP6"))
        {
            return "c= malformed";
        }

        var address = parts[2].Split('/')[0];
        if (media.Count == 0)
        {
            session = session with { Connection = address };
        }
        else
        {
            media[^1] = media[^1] with { Connection = address };
        }

        return "";
    }

    private static string TakeMedia(string value, ref SdpSession session, List<SdpAttribute> attributes, List<SdpMedia> media)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ports = parts.Length > 1 ? parts[1].Split('/') : [];
        if (parts.Length < 4 || ports.Length is 0 or > 2 || !TryPort(ports[0], out var port) || media.Count == SdpLimits.MediaMax || parts.Length - 3 > SdpLimits.FormatsMax)
        {
            return "m= malformed";
        }

        var count = 1;
        if (ports.Length == 2 && (!TryPort(ports[1], out count) || count == 0))
        {
            return "m= malformed";
        }

        if (media.Count == 0)
        {
            session = session with { Attributes = [.. attributes] };
        }
        else
        {
            media[^1] = media[^1] with { Attributes = [.. attributes] };
        }

        attributes.Clear();
        media.Add(new SdpMedia { Type = parts[0], Port = port, PortCount = count, Protocol = parts[2], Formats = parts[3..] });
        return "";
    }

    private static List<SdpMedia> Close(List<SdpMedia> media, List<SdpAttribute> attributes)
    {
        if (media.Count > 0)
        {
            media[^1] = media[^1] with { Attributes = [.. attributes] };
        }

        return media;
    }

    private static bool TryPort(string digits, out int port) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
}
