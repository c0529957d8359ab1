namespace CallCenter.Sip.Messages;

/// <summary>What a stream holds at its front.</summary>
internal enum FrameKind
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>CRLF CRLF between messages: a keep-alive that is answered with CRLF (RFC 5626 section 3.5.1).</summary>
    Ping,

    /// <summary>CRLF between messages, to be skipped (RFC 3261 section 7.5).</summary>
    Skip,

    /// <summary>The stream cannot be followed any further; it must be closed.</summary>
    Broken,
}

/// <summary>Finds message borders in a stream by Content-Length, which is mandatory there (RFC 3261 section 18.3).</summary>
internal static class StreamFramer
{
    /// <summary>The kind of what lies at the front of <paramref name="data"/>, and how many bytes it takes.</summary>
    public static FrameKind Next(ReadOnlySpan<byte> data, out int size)
    {
        size = 0;
        if (data.IsEmpty)
        {
            return FrameKind.Incomplete;
        }

        if (data[0] is (byte)'\r' or (byte)'\n')
        {
            var ping = data.StartsWith("\r\n\r\n"u8);
            size = ping ? 4 : data.StartsWith("\r\n"u8) ? 2 : 1;
            return ping ? FrameKind.Ping : data.Length < 4 && "\r\n\r\n"u8.StartsWith(data) ? FrameKind.Incomplete : FrameKind.Skip;
        }

        var end = data.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return data.Length >= SipMessageLimits.MessageBytesMax ? FrameKind.Broken : FrameKind.Incomplete;
        }

        if (!TryContentLength(data[..(end + 2)], out var body) || end + 4 + body > SipMessageLimits.MessageBytesMax)
        {
            return FrameKind.Broken;
        }

        size = end + 4 + body;
        return data.Length >= size ? FrameKind.Message : FrameKind.Incomplete;
    }

    private static bool TryContentLength(ReadOnlySpan<byte> head, out int length)
    {
        length = 0;
        while (!head.IsEmpty)
        {
            var end = head.IndexOf((byte)'\n');
            var line = end < 0 ? head : head[..end];
            head = end < 0 ? default : head[(end + 1)..];
            var colon = line.IndexOf((byte)':');
            if (colon > 0 && line[0] is not ((byte)' ' or (byte)'\t') && HeaderNames.Parse(SipSyntax.Trim(line[..colon])) == HeaderId.ContentLength)
            {
                var ok = SipSyntax.TryNumber(SipSyntax.Trim(line[(colon + 1)..]), SipMessageLimits.MessageBytesMax, out var number);
                length = (int)number;
                return ok;
            }
        }

        return false;
    }
}
