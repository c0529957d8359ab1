using System.Globalization;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Calls;

/// <summary>How long a session lasts without a refresh, and whose the refresh is.</summary>
internal readonly record struct SessionTerms(int Seconds, bool WeRefresh)
{
    /// <summary>Milliseconds after which the refresher refreshes (RFC 4028 section 10).</summary>
    public long RefreshAfter => WeRefresh ? Seconds * 500L : long.MaxValue;

    /// <summary>Milliseconds after which the session is over: who waits for a refresh says BYE a little before (RFC 4028 section 10).</summary>
    public long ExpiresAfter => (Seconds * 1000L) - (WeRefresh ? 0 : Math.Min(32_000, Seconds * 1000L / 3));
}

/// <summary>The rules of session timers (RFC 4028), without a clock.</summary>
internal static class SessionTimer
{
    /// <summary>No session shorter than this (RFC 4028 section 5: the least that may be asked for).</summary>
    public const int SecondsMin = 90;

    /// <summary>True for a request that is to be answered 422 with <see cref="MinSe"/> (section 9).</summary>
    public static bool IsTooBrief(SipMessage request) =>
        SipOptionTags.Lists(request, HeaderId.Supported, SipOptionTags.Timer) && SecondsOf(request, HeaderId.SessionExpires) is < SecondsMin;

    public static SipHeader MinSe { get; } = new("Min-SE", SecondsMin.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// What an INVITE or UPDATE of the peer asks for, null when it asks for nothing; who refreshes by table 2 of section 9: the peer where it can and
    /// leaves the choice, we where it cannot.
    /// </summary>
    public static SessionTerms? Asked(SipMessage request)
    {
        if (request.Method is not (SipMethod.Invite or SipMethod.Update) || SecondsOf(request, HeaderId.SessionExpires) is not { } seconds)
        {
            return null;
        }

        var supported = SipOptionTags.Lists(request, HeaderId.Supported, SipOptionTags.Timer);
        return new SessionTerms(Math.Max(seconds, SecondsMin), WeRefresh: !supported || Refresher(request) == "uas");
    }

    /// <summary>The headers of our 2xx (section 9).</summary>
    public static IReadOnlyList<SipHeader> Answer(SessionTerms? terms, SipMessage request)
    {
        if (terms is not { } agreed)
        {
            return [];
        }

        SipHeader expires = new("Session-Expires", string.Create(CultureInfo.InvariantCulture, $"{agreed.Seconds};refresher={(agreed.WeRefresh ? "uas" : "uac")}"));
        return SipOptionTags.Lists(request, HeaderId.Supported, SipOptionTags.Timer) ? [expires, new("Require", SipOptionTags.Timer)] : [expires];
    }

    /// <summary>The headers of our INVITE or UPDATE (section 7.1).</summary>
    public static IReadOnlyList<SipHeader> Ask(SessionTerms? terms) => terms is { } wanted
        ? [new("Session-Expires", string.Create(CultureInfo.InvariantCulture, $"{wanted.Seconds};refresher={(wanted.WeRefresh ? "uac" : "uas")}")), MinSe]
        : [];

    /// <summary>What the peer's 2xx to our request agrees to (section 7.2); null: no session timer.</summary>
    public static SessionTerms? Granted(SipMessage response) => SecondsOf(response, HeaderId.SessionExpires) is { } seconds
        ? new SessionTerms(Math.Max(seconds, SecondsMin), WeRefresh: Refresher(response) != "uas")
        : null;

    /// <summary>The least that a 422 asks for (section 7.3), when it is more than what was offered.</summary>
    public static int? Raised(SipMessage response, int offered) =>
        response.StatusCode == 422 && SecondsOf(response, HeaderId.MinSe) is { } least && least > offered ? least : null;

    private static int? SecondsOf(SipMessage message, HeaderId header)
    {
        var value = message.Header(header);
        var end = value.IndexOf((byte)';');
        return SipSyntax.TryNumber(SipSyntax.Trim(end < 0 ? value : value[..end]), int.MaxValue, out var seconds) ? (int)seconds : null;
    }

    private static string? Refresher(SipMessage message) => SipSyntax.Parameter(message.Header(HeaderId.SessionExpires), "refresher"u8)?.ToLowerInvariant();
}
