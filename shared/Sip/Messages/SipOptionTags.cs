namespace CallCenter.Sip.Messages;

/// <summary>Extensions by option tag (RFC 3261 section 20.37): what we tell in Supported and may be required of us.</summary>
public static class SipOptionTags
{
    /// <summary>Reliable provisional responses (RFC 3262).</summary>
    public const string Reliable = "100rel";

    /// <summary>An INVITE that takes the place of another dialog (RFC 3891).</summary>
    public const string Replaces = "replaces";

    /// <summary>REFER without a subscription (RFC 4488).</summary>
    public const string NoReferSub = "norefersub";

    /// <summary>Session timers (RFC 4028).</summary>
    public const string Timer = "timer";

    /// <summary>The value of Supported.</summary>
    public const string Supported = $"{Reliable}, {NoReferSub}, {Replaces}, {Timer}";

    private static readonly string[] Known = Supported.Split(", ");

    /// <summary>Those of a Require header that we do not have.</summary>
    internal static List<string> Unknown(SipMessage request) =>
        [.. request.GetAll(HeaderId.Require).Where(tag => !Known.Contains(tag, StringComparer.OrdinalIgnoreCase))];

    /// <summary>True when the peer lists that tag in the header.</summary>
    internal static bool Lists(SipMessage message, HeaderId header, string tag) =>
        message.Lists(header, tag);
}
