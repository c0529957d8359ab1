using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Ladder;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Edge;

/// <summary>Who rings and for how long.</summary>
/// <param name="Agent">Whose devices; empty for a number outside.</param>
/// <param name="Codec">The caller's codec: offered first, so that nothing has to be converted.</param>
/// <param name="Targets">All ring at once; none: nobody can be reached.</param>
internal sealed record LegOrder(Guid Leg, Guid Agent, AudioCodec Codec, TimeSpan RingTime, IReadOnlyList<LegTarget> Targets)
{
    public LegRole Role { get; init; } = LegRole.Agent;

    /// <summary>The trunk of a number outside.</summary>
    public string? Trunk { get; init; }

    /// <summary>The leg's place among the calls of the trunk, given back at its end, and its cost.</summary>
    public OutboundCall? Outside { get; init; }

    /// <summary>The target by the next trunk, where the present one could not take the call; null where there is none.</summary>
    public Func<LegTarget?>? NextTrunk { get; init; }

    /// <summary>Where the leg's SIP messages are kept.</summary>
    public ContactLadder? Ladder { get; init; }
}

/// <summary>What to call, how its media is protected, and where its signalling comes from (media is expected from there where its SDP's address is private).</summary>
internal sealed record LegTarget(UacInvite Invite, MediaSecurity Security, IPAddress Source)
{
    /// <summary>A registered device, by its contact and where it is; empty for a number outside.</summary>
    public string Device { get; init; } = "";

    /// <summary>A browser's Contact, a new one for each page; null for others.</summary>
    public string? Page { get; init; }

    /// <summary>A browser that gets it answers by itself (RFC 5373 section 4).</summary>
    private static readonly SipHeader[] AnswerByItself = [new("Answer-Mode", "Auto")];

    /// <summary>Who is shown on a device.</summary>
    public static string From(string name, string user, string host)
    {
        var quoted = name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        // '+' is allowed in a user part (RFC 3261 section 25.1) and phones show it as it is.
        return $"\"{quoted}\" <sip:{Uri.EscapeDataString(user).Replace("%2B", "+", StringComparison.Ordinal)}@{host}>";
    }

    /// <summary>An agent's registered devices; <paramref name="from"/> is shown on them, browsers answer by themselves when the agent's conversation <paramref name="resumes"/>.</summary>
    public static IReadOnlyList<LegTarget> Devices(IReadOnlyList<Device> devices, string from, bool resumes) =>
        [.. devices.Select(d => new LegTarget(
            d.Invite() with { From = from, Headers = resumes && d.IsBrowser ? AnswerByItself : [] },
            RingingMedia.Of(d.Origin.Transport), d.Origin.Remote.Address) { Device = d.Name, Page = d.IsBrowser ? d.Contact : null })];

    /// <summary>A number outside, by a trunk that has a target. Who calls is asserted too: a trunk that knows us by an account may not look at From (RFC 3325).</summary>
    public static LegTarget Outside(TrunkEntry trunk, string number, string from, SipCredentials? credentials) => new(
        new UacInvite { Target = $"sip:{Uri.EscapeDataString(number).Replace("%2B", "+", StringComparison.Ordinal)}@{trunk.Target}", From = from, Credentials = credentials, Headers = [new("P-Asserted-Identity", from)] },
        MediaSecurity.None, trunk.Target!.Address);
}
