using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>
/// Bytes of one whole message in, header slices out (RFC 3261 section 7). Never throws on what the network sends.
/// Line ends are CRLF or, tolerated, LF.
/// </summary>
public static class SipParser
{
    /// <summary>
    /// Indexes a message. The buffer belongs to the message from then on. Null with a reason when it cannot even be answered;
    /// a message with <see cref="SipMessage.Fault"/> when it is a bad request that can be.
    /// </summary>
    public static SipMessage? Parse(byte[] buffer, out string reason) => Parse(buffer, buffer.Length, null, out reason);

    /// <summary>The same of the first bytes of a buffer. With <paramref name="lent"/> the message is that one: of use until the next is parsed so.</summary>
    internal static SipMessage? Parse(byte[] buffer, int length, LentMessage? lent, out string reason)
    {
        if (length > SipMessageLimits.MessageBytesMax)
        {
            reason = "message too large";
            return null;
        }

        var scan = new Scan(buffer, length, lent?.Headers);
        if (!scan.Run(out reason))
        {
            return null;
        }

        var message = lent?.Message ?? new SipMessage();
        message.Become(buffer, length, scan.Slices(), scan.Start, scan.Body, scan.Fault);
        if (!CanBeAnswered(message, out reason))
        {
            return null;
        }

        var fault = scan.Fault ?? Missing(message) ?? SipValidator.Check(message);
        if (fault is null)
        {
            return message;
        }

        reason = fault.Reason;
        return message.IsRequest ? new SipMessage(buffer, length, scan.Slices(), scan.Start, scan.Body, fault) : null;
    }

    /// <summary>Splits "314159 INVITE"; the number is below 2^31 (RFC 3261 section 8.1.1.5).</summary>
    internal static bool TryCSeq(ReadOnlySpan<byte> value, out uint number, out ReadOnlySpan<byte> method)
    {
        var gap = value.IndexOfAny((byte)' ', (byte)'\t');
        method = gap < 0 ? default : SipSyntax.Trim(value[gap..]);
        number = 0;
        return gap > 0 && SipSyntax.TryNumber(value[..gap], SipMessageLimits.CSeqMax, out number) && SipSyntax.IsToken(method);
    }

    // A response finds its way by the Via and its request by the CSeq; it repeats From, To and Call-ID as far as they are there.
    private static bool CanBeAnswered(SipMessage message, out string reason)
    {
        reason = message.Header(HeaderId.CSeq).IsEmpty ? "CSeq missing" : !message.TryTopVia(out _) ? "Via malformed" : "";
        return reason.Length == 0;
    }

    // RFC 3261 section 8.1.1; a request without them is answered 400 where that is possible (RFC 4475 section 3.3.1).
    private static SipFault? Missing(SipMessage message)
    {
        foreach (var id in (ReadOnlySpan<HeaderId>)[HeaderId.From, HeaderId.To, HeaderId.CallId])
        {
            if (message.Header(id).IsEmpty)
            {
                return new SipFault(400, $"{id.Name()} Missing");
            }
        }

        return null;
    }

    private ref struct Scan(byte[] buffer, int size, HeaderSlice[]? lent)
    {
        private readonly HeaderSlice[] slices = lent ?? System.Buffers.ArrayPool<HeaderSlice>.Shared.Rent(SipMessageLimits.HeadersMax);
        private int count;
        private int position;
        private HeaderSlice[]? result;

        public StartLine Start;
        public Range Body;
        public SipFault? Fault;

        public ReadOnlyMemory<HeaderSlice> Slices()
        {
            if (lent is not null)
            {
                return lent.AsMemory(0, count);
            }

            if (result is null)
            {
                result = slices.AsSpan(0, count).ToArray();
                System.Buffers.ArrayPool<HeaderSlice>.Shared.Return(slices);
            }

            return result;
        }

        public bool Run(out string reason)
        {
            reason = ScanAll() ?? "";
            if (reason.Length > 0 && lent is null)
            {
                System.Buffers.ArrayPool<HeaderSlice>.Shared.Return(slices);
            }

            return reason.Length == 0;
        }

        private string? ScanAll()
        {
            // RFC 3261 section 7.5: CRLF before the start line is ignored.
            while (position < size && buffer[position] is (byte)'\r' or (byte)'\n')
            {
                position++;
            }

            if (!NextLine(out var line) || line.End.Value - line.Start.Value > SipMessageLimits.LineBytesMax)
            {
                return "no start line";
            }

            var startError = ScanStartLine(line);
            if (startError is not null)
            {
                return startError;
            }

            var ended = ScanHeaders();
            if (!ended)
            {
                Fault ??= new SipFault(400, "Headers Not Terminated");
            }

            ScanBody();
            return null;
        }

        private bool NextLine(out Range line)
        {
            var length = buffer.AsSpan(position, size - position).IndexOf((byte)'\n');
            if (length < 0)
            {
                line = position..size;
                position = size;
                return line.Start.Value < line.End.Value;
            }

            var end = position + length;
            line = position..(length > 0 && buffer[end - 1] == '\r' ? end - 1 : end);
            position = end + 1;
            return true;
        }

        private string? ScanStartLine(Range line)
        {
            var text = buffer.AsSpan(line);
            if (text.StartsWith("SIP/2.0 "u8))
            {
                return ScanStatusLine(line, text);
            }

            var first = text.IndexOf((byte)' ');
            var last = text.TrimEnd((byte)' ').LastIndexOf((byte)' ');
            if (first <= 0 || last <= first || !SipSyntax.IsToken(text[..first]))
            {
                return "start line malformed";
            }

            var origin = line.Start.Value;
            Start = new StartLine(SipMethods.Parse(text[..first]), origin..(origin + first), (origin + first + 1)..(origin + last), 0);
            var version = text[(last + 1)..];
            if (!Ascii.EqualsIgnoreCase(version, "SIP/2.0"u8))
            {
                var isSip = version.Length > 4 && Ascii.EqualsIgnoreCase(version[..4], "SIP/"u8);
                Fault = isSip && version.TrimEnd((byte)' ').Length == version.Length ? new SipFault(505, "Version Not Supported") : new SipFault(400, "Request Line Malformed");
            }
            else if (!IsRequestUri(text[(first + 1)..last]))
            {
                Fault = new SipFault(400, "Request-URI Malformed");
            }

            return null;
        }

        // RFC 3261 section 19.1.1: a SIP Request-URI has a host and no headers; other schemes are for a later step to know or not.
        private static bool IsRequestUri(ReadOnlySpan<byte> uri)
        {
            if (uri.IndexOfAny(" \t<>\""u8) >= 0)
            {
                return false;
            }

            var scheme = uri.IndexOf((byte)':');
            if (scheme <= 0 || !(Ascii.EqualsIgnoreCase(uri[..scheme], "sip"u8) || Ascii.EqualsIgnoreCase(uri[..scheme], "sips"u8)))
            {
                return scheme > 0;
            }

            var rest = uri[(uri.IndexOf((byte)'@') + 1)..];
            rest = rest.Length == uri.Length ? uri[(scheme + 1)..] : rest;
            var end = rest.IndexOf((byte)';');
            return !rest.Contains((byte)'?') && Via.TrySentBy(end < 0 ? rest : rest[..end], out _, out _);
        }

        private string? ScanStatusLine(Range line, ReadOnlySpan<byte> text)
        {
            if (text.Length < 11 || !SipSyntax.TryNumber(text[8..11], 699, out var code) || code < 100 || (text.Length > 11 && text[11] != ' '))
            {
                return "status line malformed";
            }

            var reason = line.Start.Value + Math.Min(12, text.Length);
            Start = new StartLine(SipMethod.Unknown, default, reason..line.End.Value, (int)code);
            return null;
        }

        private bool ScanHeaders()
        {
            while (NextLine(out var line))
            {
                if (line.Start.Value == line.End.Value)
                {
                    return true;
                }

                line = Unfold(line);
                if (line.End.Value - line.Start.Value > SipMessageLimits.LineBytesMax)
                {
                    Fault ??= new SipFault(400, "Header Line Too Long");
                }
                else if (count == SipMessageLimits.HeadersMax)
                {
                    Fault ??= new SipFault(400, "Too Many Headers");
                }
                else
                {
                    AddHeader(line);
                }
            }

            return false;
        }

        // RFC 3261 section 7.3.1: a line that starts with white space continues the one before. The line end becomes spaces.
        private Range Unfold(Range line)
        {
            var end = line.End.Value;
            while (position < size && buffer[position] is (byte)' ' or (byte)'\t')
            {
                buffer.AsSpan(end, position - end).Fill((byte)' ');
                NextLine(out var more);
                end = more.End.Value;
            }

            return line.Start.Value..end;
        }

        private void AddHeader(Range line)
        {
            var text = buffer.AsSpan(line);
            var colon = text.IndexOf((byte)':');
            var name = colon < 0 ? default : text[..colon].TrimEnd(" \t"u8);
            if (!SipSyntax.IsToken(name) || text.Contains((byte)'\r'))
            {
                Fault ??= new SipFault(400, "Header Malformed");
                return;
            }

            var value = text[(colon + 1)..];
            var lead = value.Length - value.TrimStart(" \t"u8).Length;
            var origin = line.Start.Value;
            slices[count++] = new HeaderSlice(HeaderNames.Parse(name), (ushort)origin, (ushort)name.Length, (ushort)(origin + colon + 1 + lead), (ushort)SipSyntax.Trim(value).Length);
        }

        // RFC 3261 section 18.3: what follows the stated length is not the message's; less than stated is a fault.
        private void ScanBody()
        {
            var available = size - position;
            Body = position..size;
            for (var i = 0; i < count; i++)
            {
                if (slices[i].Id != HeaderId.ContentLength)
                {
                    continue;
                }

                var digits = buffer.AsSpan(slices[i].ValueStart, slices[i].ValueLength);
                if (!SipSyntax.TryNumber(digits, (uint)available, out var length))
                {
                    Fault ??= new SipFault(400, "Content-Length Mismatch");
                    return;
                }

                Body = position..(position + (int)length);
                return;
            }
        }
    }
}
