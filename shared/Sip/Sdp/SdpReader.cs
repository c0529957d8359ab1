using System.Globalization;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Sdp;

/// <summary>Text to description, line by line (RFC 8866 section 5). Lines of no use here (b=, k=, r=, ...) are skipped.</summary>
internal static class SdpReader
{
    public static bool TryRead(string text, out SdpSession session, out string reason)
    {
        var draft = new Draft();
        reason = text.Length > SdpLimits.LengthMax ? "description too long" : Read(text, ref draft);
        session = draft.Session();
        return reason.Length == 0;
    }

    private static string Read(ReadOnlySpan<char> text, ref Draft draft)
    {
        var lines = 0;
        var versionSeen = false;
        foreach (var range in text.Split('\n'))
        {
            var line = text[range].TrimEnd('\r');
            if (line.IsEmpty)
            {
                continue;
            }

            if (++lines > SdpLimits.LinesMax || line.Length < 2 || line[1] != '=')
            {
                return lines > SdpLimits.LinesMax ? "too many lines" : "a line is not of the form x=value";
            }

            versionSeen |= line.StartsWith("v=0");
            if (draft.Take(line[0], line[2..]) is { Length: > 0 } fault)
            {
                return fault;
            }
        }

        return versionSeen ? "" : "v=0 missing";
    }

    /// <summary>A description that is being read. Attributes belong to the session until the first m= line, then to the last one.</summary>
    private struct Draft()
    {
        // Values that come again in every call; others may be keys, which must not stay in memory.
        private static readonly string[] CommonValues = ["rtpmap", "fmtp", "ptime", "maxptime"];

        private string userName = "-", originAddress = "127.0.0.1", name = "-";
        private ulong id, version;
        private string? connection;
        private List<SdpAttribute>? ofSession, ofMedia;
        private List<SdpMedia>? media;

        public readonly SdpSession Session() => new()
        {
            UserName = userName,
            SessionId = id,
            Version = version,
            OriginAddress = originAddress,
            Name = name,
            Connection = connection,
            Attributes = ofSession ?? (IReadOnlyList<SdpAttribute>)[],
            Media = media ?? (IReadOnlyList<SdpMedia>)[],
        };

        public string Take(char type, ReadOnlySpan<char> value)
        {
            switch (type)
            {
                case 'o':
                    return TakeOrigin(value);
                case 's':
                    name = SipStrings.Of(value);
                    return "";
                case 'c':
                    return TakeConnection(value);
                case 'a':
                    TakeAttribute(value);
                    return "";
                case 'm':
                    return TakeMedia(value);
                default:
                    return "";
            }
        }

        private void TakeAttribute(ReadOnlySpan<char> value)
        {
            var colon = value.IndexOf(':');
            var key = SipStrings.Of(colon < 0 ? value : value[..colon]);
            var text = colon < 0 ? null : Array.IndexOf(CommonValues, key) >= 0 ? SipStrings.Of(value[(colon + 1)..]) : value[(colon + 1)..].ToString();
            (media is null ? ofSession ??= [] : ofMedia!).Add(new SdpAttribute(key, text));
        }

        private string TakeOrigin(ReadOnlySpan<char> value)
        {
            Span<Range> parts = stackalloc Range[7];
            if (value.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries) != 6)
            {
                return "o= malformed";
            }

            // Numeric by RFC 8866; some peers write more digits than fit, and only equality matters.
            (userName, id, version, originAddress) = (SipStrings.Of(value[parts[0]]), Number(value[parts[1]]), Number(value[parts[2]]), SipStrings.Of(value[parts[5]]));
            return "";
        }

        private string TakeConnection(ReadOnlySpan<char> value)
        {
            Span<Range> parts = stackalloc Range[4];
            if (value.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries) != 3 || value[parts[0]] is not "IN" || value[parts[1]] is not ("IP4" or "IP6"))
            {
                return "c= malformed";
            }

            var address = value[parts[2]];
            var slash = address.IndexOf('/');
            var text = SipStrings.Of(slash < 0 ? address : address[..slash]);
            if (media is null)
            {
                connection = text;
            }
            else
            {
                media[^1] = media[^1] with { Connection = text };
            }

            return "";
        }

        private string TakeMedia(ReadOnlySpan<char> value)
        {
            Span<Range> parts = stackalloc Range[SdpLimits.FormatsMax + 4];
            var count = value.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries);
            if (count < 4 || count - 3 > SdpLimits.FormatsMax || media?.Count == SdpLimits.MediaMax || !TryPorts(value[parts[1]], out var port, out var ports))
            {
                return "m= malformed";
            }

            var formats = new string[count - 3];
            for (var i = 0; i < formats.Length; i++)
            {
                formats[i] = SipStrings.Of(value[parts[i + 3]]);
            }

            ofMedia = new List<SdpAttribute>(8);
            (media ??= new List<SdpMedia>(1)).Add(new SdpMedia
            {
                Type = SipStrings.Of(value[parts[0]]), Port = port, PortCount = ports, Protocol = SipStrings.Of(value[parts[2]]), Formats = formats, Attributes = ofMedia,
            });
            return "";
        }

        private static bool TryPorts(ReadOnlySpan<char> value, out int port, out int count)
        {
            var slash = value.IndexOf('/');
            count = 1;
            return TryPort(slash < 0 ? value : value[..slash], out port) && (slash < 0 || (TryPort(value[(slash + 1)..], out count) && count > 0));
        }

        private static bool TryPort(ReadOnlySpan<char> digits, out int port) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;

        private static ulong Number(ReadOnlySpan<char> digits) => ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
