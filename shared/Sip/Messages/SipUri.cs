using System.Net;
using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>A SIP, SIPS or TEL URI (RFC 3261 section 19.1, RFC 3966). User is unescaped; Parameters and Headers are kept as written, with ';' and '?'.</summary>
public sealed record SipUri(string Scheme, string User, string Host, int Port, string Parameters, string Headers)
{
    private const string Unreserved = "-_.!~*'()&=+$,;?/";

    /// <summary>transport= in lower case, or null.</summary>
    public string? Transport => Parameter("transport")?.ToLowerInvariant();

    /// <summary>True when the URI asks for loose routing (RFC 3261 section 19.1.1).</summary>
    public bool IsLooseRouter => Parameter("lr") is not null;

    public static bool TryParse(string text, out SipUri uri) => TryParse(text.AsSpan(), out uri);

    internal static bool TryParse(ReadOnlySpan<char> text, out SipUri uri)
    {
        uri = Empty;
        var colon = text.IndexOf(':');
        if (colon <= 0)
        {
            return false;
        }

        var rest = text[(colon + 1)..];
        if (SipScheme(text[..colon]) is not { } scheme)
        {
            return TryOther(text[..colon].ToString().ToLowerInvariant(), rest, out uri);
        }

        var at = rest.IndexOf('@');
        var question = rest[Math.Max(0, at)..].IndexOf('?');
        question += question < 0 ? 0 : Math.Max(0, at);
        var headers = question < 0 ? default : rest[question..];
        rest = question < 0 ? rest : rest[..question];
        var user = at < 0 ? default : rest[..at];
        rest = rest[(at + 1)..];
        var semicolon = rest.IndexOf(';');
        var sentBy = semicolon < 0 ? rest : rest[..semicolon];
        var password = user.IndexOf(':');
        user = password < 0 ? user : user[..password];
        if (!TrySentBy(sentBy, out var host, out var port))
        {
            return false;
        }

        var unescaped = user.Contains('%') ? Uri.UnescapeDataString(user) : SipStrings.Of(user);
        uri = new SipUri(scheme, unescaped, host, port, semicolon < 0 ? "" : SipStrings.Of(rest[semicolon..]), headers.ToString());
        return true;
    }

    /// <summary>A URI parameter's value, "" for a flag, null when absent. Names are case-insensitive.</summary>
    public string? Parameter(string name)
    {
        var rest = Parameters.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf(';');
            var part = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            var equals = part.IndexOf('=');
            if (!part.IsEmpty && (equals < 0 ? part : part[..equals]).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return equals < 0 ? "" : SipStrings.Of(part[(equals + 1)..]);
            }
        }

        return null;
    }

    public override string ToString() => Scheme is "sip" or "sips"
        ? $"{Scheme}:{(User.Length > 0 ? EscapeUser(User) + "@" : "")}{HostPort(Host, Port)}{Parameters}{Headers}"
        : $"{Scheme}:{(User.Length > 0 ? User : Host)}{Parameters}";

    /// <summary>Host and port as the wire has them: IPv6 in brackets, port 0 left out.</summary>
    public static string HostPort(string host, int port)
    {
        var name = host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
        return port == 0 ? name : $"{name}:{port}";
    }

    internal static string HostOf(IPAddress address) => HostPort(address.ToString(), 0);

    private static SipUri Empty { get; } = new("sip", "", "", 0, "", "");

    private static string? SipScheme(ReadOnlySpan<char> scheme) =>
        scheme.Equals("sip", StringComparison.OrdinalIgnoreCase) ? "sip" : scheme.Equals("sips", StringComparison.OrdinalIgnoreCase) ? "sips" : null;

    private static bool TryOther(string scheme, ReadOnlySpan<char> rest, out SipUri uri)
    {
        var end = rest.IndexOf(';');
        var number = end < 0 ? rest : rest[..end];
        uri = new SipUri(scheme, scheme == "tel" ? number.ToString() : "", scheme == "tel" ? "" : rest.ToString(), 0, end < 0 ? "" : rest[end..].ToString(), "");
        return !rest.IsEmpty;
    }

    private static bool TrySentBy(ReadOnlySpan<char> sentBy, out string host, out int port)
    {
        var bytes = sentBy.Length <= 128 ? stackalloc byte[384] : new byte[Encoding.UTF8.GetMaxByteCount(sentBy.Length)];
        bytes = bytes[..Encoding.UTF8.GetBytes(sentBy, bytes)];
        var ok = Via.TrySentBy(bytes, out var name, out port) && !sentBy.ContainsAny(" \t<>\"");
        host = ok ? SipStrings.Of(name) : "";
        return ok;
    }

    // RFC 3261 section 25.1: unreserved and user-unreserved stay as they are.
    private static string EscapeUser(string user)
    {
        foreach (var c in user)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !Unreserved.Contains(c, StringComparison.Ordinal))
            {
                return string.Concat(user.Select(x => char.IsAsciiLetterOrDigit(x) || Unreserved.Contains(x, StringComparison.Ordinal) ? x.ToString() : Uri.EscapeDataString(x.ToString())));
            }
        }

        return user;
    }
}
