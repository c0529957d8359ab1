using System.Net;

namespace CallCenter.Sip.Messages;

/// <summary>A SIP, SIPS or TEL URI (RFC 3261 section 19.1, RFC 3966). User is unescaped; Parameters and Headers are kept as written, with ';' and '?'.</summary>
public sealed record SipUri(string Scheme, string User, string Host, int Port, string Parameters, string Headers)
{
    /// <summary>transport= in lower case, or null.</summary>
    public string? Transport => Parameter("transport")?.ToLowerInvariant();

    /// <summary>True when the URI asks for loose routing (RFC 3261 section 19.1.1).</summary>
    public bool IsLooseRouter => Parameter("lr") is not null;

    public static bool TryParse(string text, out SipUri uri)
    {
        uri = Empty;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            return false;
        }

        var scheme = text[..colon].ToLowerInvariant();
        var rest = text[(colon + 1)..];
        if (scheme is not ("sip" or "sips"))
        {
            var end = rest.IndexOf(';', StringComparison.Ordinal);
            var number = end < 0 ? rest : rest[..end];
            uri = new SipUri(scheme, scheme == "tel" ? number : "", scheme == "tel" ? "" : rest, 0, end < 0 ? "" : rest[end..], "");
            return rest.Length > 0;
        }

        var question = rest.IndexOf('?', AfterUser(rest));
        var headers = question < 0 ? "" : rest[question..];
        rest = question < 0 ? rest : rest[..question];
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        var user = at < 0 ? "" : rest[..at];
        rest = rest[(at + 1)..];
        var semicolon = rest.IndexOf(';', StringComparison.Ordinal);
        var sentBy = semicolon < 0 ? rest : rest[..semicolon];
        var password = user.IndexOf(':', StringComparison.Ordinal);
        user = password < 0 ? user : user[..password];
        if (!Via.TrySentBy(System.Text.Encoding.UTF8.GetBytes(sentBy), out var host, out var port) || sentBy.AsSpan().ContainsAny(" \t<>\""))
        {
            return false;
        }

        uri = new SipUri(scheme, Uri.UnescapeDataString(user), SipSyntax.Text(host), port, semicolon < 0 ? "" : rest[semicolon..], headers);
        return true;
    }

    /// <summary>A URI parameter's value, "" for a flag, null when absent. Names are case-insensitive.</summary>
    public string? Parameter(string name)
    {
        foreach (var part in Parameters.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? part : part[..equals];
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return equals < 0 ? "" : part[(equals + 1)..];
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

    private static int AfterUser(string rest) => Math.Max(0, rest.IndexOf('@', StringComparison.Ordinal));

    // RFC 3261 section 25.1: unreserved and user-unreserved stay as they are.
    private static string EscapeUser(string user)
    {
        foreach (var c in user)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"-_.!~*'()&=+$,;?/".Contains(c, StringComparison.Ordinal))
            {
                return string.Concat(user.Select(x => char.IsAsciiLetterOrDigit(x) || "-_.!~*'()&=+$,;?/".Contains(x, StringComparison.Ordinal) ? x.ToString() : Uri.EscapeDataString(x.ToString())));
            }
        }

        return user;
    }
}
