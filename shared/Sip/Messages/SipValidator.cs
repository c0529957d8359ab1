namespace CallCenter.Sip.Messages;

/// <summary>What must hold of a message beyond its lines (RFC 3261 sections 8.1.1, 8.2 and 20; RFC 4475).</summary>
internal static class SipValidator
{
    private static readonly HeaderId[] Single =
        [HeaderId.From, HeaderId.To, HeaderId.CallId, HeaderId.CSeq, HeaderId.MaxForwards, HeaderId.ContentLength, HeaderId.ContentType, HeaderId.Expires];

    /// <summary>The first fault found, or null.</summary>
    public static SipFault? Check(SipMessage message)
    {
        foreach (var id in Single)
        {
            if (message.LinesOf(id) > 1)
            {
                return new SipFault(400, $"Repeated {id.Name()}");
            }
        }

        if (!SipParser.TryCSeq(message.Header(HeaderId.CSeq), out _, out var method))
        {
            return new SipFault(400, "CSeq Malformed");
        }

        if (message.IsRequest && !method.SequenceEqual(message.MethodBytes))
        {
            // RFC 4475 section 3.1.2.18: a method that nobody knows is first of all not implemented.
            return new SipFault(message.Method == SipMethod.Unknown ? 501 : 400, "CSeq Method Mismatch");
        }

        var hops = message.Header(HeaderId.MaxForwards);
        if (!hops.IsEmpty && !SipSyntax.TryNumber(hops, 255, out _))
        {
            return new SipFault(400, "Max-Forwards Malformed");
        }

        return CheckVias(message) ?? CheckAddress(message, HeaderId.From) ?? CheckAddress(message, HeaderId.To) ?? CheckContact(message);
    }

    private static SipFault? CheckVias(SipMessage message)
    {
        var rest = message.Header(HeaderId.Via);
        while (SipSyntax.NextInList(ref rest, out var via))
        {
            if (!Via.TryParse(via, out var parsed) || parsed.Parameters.IndexOf(";;"u8) >= 0)
            {
                return new SipFault(400, "Via Malformed");
            }
        }

        return null;
    }

    private static SipFault? CheckAddress(SipMessage message, HeaderId id) =>
        IsAddress(message.Header(id)) ? null : new SipFault(400, $"{id.Name()} Malformed");

    private static SipFault? CheckContact(SipMessage message)
    {
        var rest = message.Header(HeaderId.Contact);
        while (SipSyntax.NextInList(ref rest, out var contact))
        {
            if (!contact.SequenceEqual("*"u8) && !IsAddress(contact))
            {
                return new SipFault(400, "Contact Malformed");
            }
        }

        return null;
    }

    private static bool IsAddress(ReadOnlySpan<byte> value)
    {
        if (!QuotesClosed(value))
        {
            return false;
        }

        var open = SipSyntax.IndexOfBare(value, (byte)'<');
        if (open < 0)
        {
            // RFC 3261 section 20.10: a URI with a question mark must be within angle brackets.
            var end = value.IndexOf((byte)';');
            var bare = SipSyntax.Trim(end < 0 ? value : value[..end]);
            return bare.Contains((byte)':') && bare.IndexOfAny(" \t?,\""u8) < 0;
        }

        var close = value[open..].IndexOf((byte)'>');
        return close > 1 && value[open..(open + close)].Contains((byte)':');
    }

    private static bool QuotesClosed(ReadOnlySpan<byte> value)
    {
        var quoted = false;
        for (var i = 0; i < value.Length; i++)
        {
            if (quoted && value[i] == '\\')
            {
                i++;
            }
            else if (value[i] == '"')
            {
                quoted = !quoted;
            }
        }

        return !quoted;
    }
}
