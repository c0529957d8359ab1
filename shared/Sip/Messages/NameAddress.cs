using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>A name-addr or addr-spec with header parameters (RFC 3261 section 20.10). UriText is the URI as written.</summary>
public sealed record NameAddress(string DisplayName, string UriText, SipUri Uri, string Parameters)
{
    /// <summary>The tag parameter, or null.</summary>
    public string? Tag => Parameter("tag");

    public static bool TryParse(string text, out NameAddress address)
    {
        var bytes = text.Length <= 256 ? stackalloc byte[768] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return TryParse(bytes[..Encoding.UTF8.GetBytes(text, bytes)], out address);
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out NameAddress address)
    {
        address = null!;
        if (!TrySplit(text, out var display, out var uriText, out var parameters))
        {
            return false;
        }

        var written = SipStrings.Of(uriText);
        if (!SipUri.TryParse(written, out var uri))
        {
            return false;
        }

        address = new NameAddress(SipSyntax.Unquote(SipStrings.Of(SipSyntax.Trim(display))), written, uri, SipStrings.Of(parameters));
        return true;
    }

    /// <summary>The user part of the URI, unescaped; "" when there is none or the address cannot be read.</summary>
    internal static string UserOf(ReadOnlySpan<byte> text)
    {
        // Most are plain SIP URIs, whose user is found without taking all apart.
        if (TrySplit(text, out _, out var uri, out _) && uri.StartsWith("sip:"u8) && uri.IndexOfAny("%?\" <"u8) < 0 && uri.IndexOf((byte)'@') is > 0 and var at)
        {
            var end = uri[at..].IndexOf((byte)';');
            var user = uri[4..at];
            var password = user.IndexOf((byte)':');
            return Via.TrySentBy(uri[(at + 1)..(end < 0 ? uri.Length : at + end)], out _, out _) ? SipStrings.Of(password < 0 ? user : user[..password]) : "";
        }

        return TryParse(text, out var address) ? address.Uri.User : "";
    }

    /// <summary>The parts of a name-addr or addr-spec as slices; false when an angle bracket is not closed.</summary>
    internal static bool TrySplit(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> display, out ReadOnlySpan<byte> uri, out ReadOnlySpan<byte> parameters)
    {
        var open = SipSyntax.IndexOfBare(text, (byte)'<');
        if (open < 0)
        {
            // Without brackets everything after the first semicolon belongs to the header (RFC 3261 section 20.10).
            parameters = SipSyntax.Parameters(text);
            display = default;
            uri = SipSyntax.Trim(text[..^parameters.Length]);
            return true;
        }

        var close = text[open..].IndexOf((byte)'>');
        display = text[..open];
        uri = close < 0 ? default : SipSyntax.Trim(text[(open + 1)..(open + close)]);
        parameters = close < 0 ? default : SipSyntax.Parameters(text[(open + close + 1)..]);
        return close >= 0;
    }

    /// <summary>A header parameter's value without quotes, "" for a flag, null when absent.</summary>
    public string? Parameter(string name) =>
        SipSyntax.TryParameter(Encoding.UTF8.GetBytes(Parameters), Encoding.ASCII.GetBytes(name), out var value) ? SipSyntax.Unquote(SipSyntax.Text(value)) : null;

    public override string ToString() => $"{(DisplayName.Length > 0 ? SipSyntax.Quote(DisplayName) + " " : "")}<{UriText}>{Parameters}";
}
