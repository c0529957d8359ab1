using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>The headers this library looks up without comparing names; any other header is <see cref="Unknown"/> and kept under its name.</summary>
public enum HeaderId : byte
{
    Unknown,
    Via,
    From,
    To,
    CallId,
    CSeq,
    Contact,
    MaxForwards,
    Route,
    RecordRoute,
    ContentType,
    ContentLength,
    ContentEncoding,
    Expires,
    MinExpires,
    Authorization,
    ProxyAuthorization,
    WwwAuthenticate,
    ProxyAuthenticate,
    AuthenticationInfo,
    Allow,
    Accept,
    Supported,
    Require,
    ProxyRequire,
    Unsupported,
    RetryAfter,
    UserAgent,
    Server,
    Date,
    Subject,
    Event,
    Reason,
    Warning,
    PAssertedIdentity,
    PPreferredIdentity,
    Privacy,
    Diversion,
    ReferTo,
    ReferredBy,
    Replaces,
    SessionExpires,
    MinSe,
    RSeq,
    RAck,
    Path,
}

/// <summary>Names and compact forms of headers (RFC 3261 sections 7.3.3 and 20); names are case-insensitive.</summary>
public static class HeaderNames
{
    private static readonly (string Name, HeaderId Id)[] All =
    [
        ("Via", HeaderId.Via), ("From", HeaderId.From), ("To", HeaderId.To), ("Call-ID", HeaderId.CallId), ("CSeq", HeaderId.CSeq),
        ("Contact", HeaderId.Contact), ("Max-Forwards", HeaderId.MaxForwards), ("Route", HeaderId.Route), ("Record-Route", HeaderId.RecordRoute),
        ("Content-Type", HeaderId.ContentType), ("Content-Length", HeaderId.ContentLength), ("Content-Encoding", HeaderId.ContentEncoding),
        ("Expires", HeaderId.Expires), ("Min-Expires", HeaderId.MinExpires), ("Authorization", HeaderId.Authorization),
        ("Proxy-Authorization", HeaderId.ProxyAuthorization), ("WWW-Authenticate", HeaderId.WwwAuthenticate),
        ("Proxy-Authenticate", HeaderId.ProxyAuthenticate), ("Authentication-Info", HeaderId.AuthenticationInfo), ("Allow", HeaderId.Allow),
        ("Accept", HeaderId.Accept), ("Supported", HeaderId.Supported), ("Require", HeaderId.Require), ("Proxy-Require", HeaderId.ProxyRequire),
        ("Unsupported", HeaderId.Unsupported), ("Retry-After", HeaderId.RetryAfter), ("User-Agent", HeaderId.UserAgent), ("Server", HeaderId.Server),
        ("Date", HeaderId.Date), ("Subject", HeaderId.Subject), ("Event", HeaderId.Event), ("Reason", HeaderId.Reason), ("Warning", HeaderId.Warning),
        ("P-Asserted-Identity", HeaderId.PAssertedIdentity), ("P-Preferred-Identity", HeaderId.PPreferredIdentity), ("Privacy", HeaderId.Privacy),
        ("Diversion", HeaderId.Diversion), ("Refer-To", HeaderId.ReferTo), ("Referred-By", HeaderId.ReferredBy), ("Replaces", HeaderId.Replaces),
        ("Session-Expires", HeaderId.SessionExpires), ("Min-SE", HeaderId.MinSe), ("RSeq", HeaderId.RSeq), ("RAck", HeaderId.RAck), ("Path", HeaderId.Path),
    ];

    private static readonly string[] ById = [.. Enum.GetValues<HeaderId>().Select(id => Array.Find(All, h => h.Id == id).Name ?? "")];
    private static readonly (byte[] Name, HeaderId Id)[][] ByLength = GroupByLength();

    /// <summary>The full name of a known header.</summary>
    public static string Name(this HeaderId id) => ById[(int)id];

    /// <summary>The header of that name in any case, full or compact, or <see cref="HeaderId.Unknown"/>.</summary>
    public static HeaderId Parse(ReadOnlySpan<byte> name)
    {
        if (name.Length == 1)
        {
            return Compact((byte)(name[0] | 0x20));
        }

        if (name.Length >= ByLength.Length)
        {
            return HeaderId.Unknown;
        }

        foreach (var (candidate, id) in ByLength[name.Length])
        {
            if (Ascii.EqualsIgnoreCase(candidate, name))
            {
                return id;
            }
        }

        return HeaderId.Unknown;
    }

    private static HeaderId Compact(byte letter) => letter switch
    {
        (byte)'v' => HeaderId.Via,
        (byte)'f' => HeaderId.From,
        (byte)'t' => HeaderId.To,
        (byte)'i' => HeaderId.CallId,
        (byte)'m' => HeaderId.Contact,
        (byte)'c' => HeaderId.ContentType,
        (byte)'l' => HeaderId.ContentLength,
        (byte)'e' => HeaderId.ContentEncoding,
        (byte)'k' => HeaderId.Supported,
        (byte)'s' => HeaderId.Subject,
        (byte)'o' => HeaderId.Event,
        (byte)'r' => HeaderId.ReferTo,
        (byte)'b' => HeaderId.ReferredBy,
        (byte)'x' => HeaderId.SessionExpires,
        _ => HeaderId.Unknown,
    };

    private static (byte[] Name, HeaderId Id)[][] GroupByLength()
    {
        var groups = new (byte[], HeaderId)[All.Max(h => h.Name.Length) + 1][];
        for (var length = 0; length < groups.Length; length++)
        {
            groups[length] = [.. All.Where(h => h.Name.Length == length).Select(h => (Encoding.ASCII.GetBytes(h.Name), h.Id))];
        }

        return groups;
    }
}
