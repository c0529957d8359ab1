using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>A name-addr or addr-spec with header parameters (RFC 3261 section 20.10). UriText is the URI as written.</summary>
public sealed record NameAddress(string DisplayName, string UriText, SipUri Uri, string Parameters)
{
    /// <summary>The tag parameter, or null.</summary>
    public string? Tag => Parameter("tag");

    public static bool TryParse(string text, out NameAddress address)
    {
        address = null!;
        var bytes = Encoding.UTF8.GetBytes(text);
        var open = SipSyntax.IndexOfBare(bytes, (byte)'<');
        string display, uriText;
        ReadOnlySpan<byte> parameters;
        if (open >= 0)
        {
            var close = bytes.AsSpan(open).IndexOf((byte)'>');
            if (close < 0)
            {
                return false;
            }

            display = SipSyntax.Unquote(SipSyntax.Text(SipSyntax.Trim(bytes.AsSpan(0, open))));
            uriText = SipSyntax.Text(bytes.AsSpan(open + 1, close - 1)).Trim();
            parameters = SipSyntax.Parameters(bytes.AsSpan(open + close + 1));
        }
        else
        {
            // Without brackets everything after the first semicolon belongs to the header (RFC 3261 section 20.10).
            parameters = SipSyntax.Parameters(bytes);
            display = "";
            uriText = SipSyntax.Text(bytes.AsSpan(0, bytes.Length - parameters.Length)).Trim();
        }

        if (!SipUri.TryParse(uriText, out var uri))
        {
            return false;
        }

        address = new NameAddress(display, uriText, uri, SipSyntax.Text(parameters));
        return true;
    }

    /// <summary>A header parameter's value without quotes, "" for a flag, null when absent.</summary>
    public string? Parameter(string name) =>
        SipSyntax.TryParameter(Encoding.UTF8.GetBytes(Parameters), Encoding.ASCII.GetBytes(name), out var value) ? SipSyntax.Unquote(SipSyntax.Text(value)) : null;

    public override string ToString() => $"{(DisplayName.Length > 0 ? SipSyntax.Quote(DisplayName) + " " : "")}<{UriText}>{Parameters}";
}
