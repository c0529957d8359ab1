namespace CallCenter.Sip.Messages;

/// <summary>One Via value, as slices of the message (RFC 3261 section 20.42, RFC 3581).</summary>
internal ref struct Via
{
    /// <summary>The cookie that says the branch is unique (RFC 3261 section 8.1.1.7).</summary>
    public static ReadOnlySpan<byte> MagicCookie => "z9hG4bK"u8;

    public ReadOnlySpan<byte> Value;
    public ReadOnlySpan<byte> Transport;
    public ReadOnlySpan<byte> Host;
    public int Port;
    public ReadOnlySpan<byte> SentBy;
    public ReadOnlySpan<byte> Parameters;

    public readonly ReadOnlySpan<byte> Branch => SipSyntax.TryParameter(Parameters, "branch"u8, out var branch) ? branch : default;

    public readonly bool HasCookie => Branch.Length > MagicCookie.Length && Branch.StartsWith(MagicCookie);

    /// <summary>True when the client asks for symmetric response routing (RFC 3581 section 3).</summary>
    public readonly bool HasRport => SipSyntax.TryParameter(Parameters, "rport"u8, out _);

    public static bool TryParse(ReadOnlySpan<byte> value, out Via via)
    {
        via = default;
        via.Value = value;
        var rest = value;
        if (!TakePart(ref rest, out var protocol) || !System.Text.Ascii.EqualsIgnoreCase(protocol, "SIP"u8) || !TakePart(ref rest, out _))
        {
            return false; // another version is answered 505, so its Via must be read
        }

        rest = rest.TrimStart(" \t"u8);
        var end = rest.IndexOfAny((byte)' ', (byte)'\t');
        if (end <= 0)
        {
            return false;
        }

        via.Transport = rest[..end];
        rest = rest[end..].TrimStart(" \t"u8);
        var semicolon = rest.IndexOf((byte)';');
        via.SentBy = SipSyntax.Trim(semicolon < 0 ? rest : rest[..semicolon]);
        via.Parameters = semicolon < 0 ? default : rest[semicolon..];
        return SipSyntax.IsToken(via.Transport) && TrySentBy(via.SentBy, out via.Host, out via.Port);
    }

    /// <summary>Splits host and port; IPv6 is in brackets and returned without them. Port 0 when absent.</summary>
    public static bool TrySentBy(ReadOnlySpan<byte> sentBy, out ReadOnlySpan<byte> host, out int port)
    {
        port = 0;
        host = sentBy;
        if (sentBy.IsEmpty)
        {
            return false;
        }

        var afterHost = sentBy[0] == '[' ? sentBy.IndexOf((byte)']') + 1 : 0;
        if (sentBy[0] == '[' && afterHost == 0)
        {
            return false;
        }

        var colon = sentBy[afterHost..].IndexOf((byte)':');
        var hostEnd = colon < 0 ? sentBy.Length : afterHost + colon;
        host = SipSyntax.Trim(sentBy[0] == '[' ? sentBy[1..(afterHost - 1)] : sentBy[..hostEnd]);
        if (colon < 0)
        {
            return !host.IsEmpty;
        }

        var ok = SipSyntax.TryNumber(SipSyntax.Trim(sentBy[(hostEnd + 1)..]), 65535, out var number);
        port = (int)number;
        return ok && !host.IsEmpty;
    }

    private static bool TakePart(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> part)
    {
        var slash = rest.IndexOf((byte)'/');
        part = SipSyntax.Trim(slash < 0 ? default : rest[..slash]);
        rest = rest[(slash + 1)..];
        return !part.IsEmpty;
    }
}
