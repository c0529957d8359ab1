using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Registration;

/// <summary>Settings of a registrar.</summary>
public sealed record RegistrarOptions
{
    /// <summary>Realm of the challenge.</summary>
    public required string Realm { get; init; }

    /// <summary>HA1 by user name, null for an unknown user.</summary>
    public required Func<string, Ha1?> Credentials { get; init; }

    /// <summary>See <see cref="DigestAuthenticator.Algorithms"/>.</summary>
    public IReadOnlyList<DigestAlgorithm> Algorithms { get; init; } = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5];

    /// <summary>What browsers prove themselves with on a WebSocket (RFC 8898); null: digest as everywhere else.</summary>
    public BearerAuthenticator? Bearer { get; init; }

    /// <summary>Whether a REGISTER from there is refused because it came without TLS; null: none is. Asked before who registers is looked at.</summary>
    public Func<SipOrigin, bool>? NeedsTls { get; init; }

    /// <summary>Where a REGISTER comes from, when a proxy is before us. Default: its flow's peer.</summary>
    public Func<SipMessage, SipFlow, SipOrigin> OriginOf { get; init; } = (_, flow) => SipOrigin.Of(flow);

    /// <summary>Shorter registrations get 423. Default 60 s.</summary>
    public int MinExpiresSeconds { get; init; } = 60;

    /// <summary>Longer ones are shortened. Default 3,600 s.</summary>
    public int MaxExpiresSeconds { get; init; } = 3600;

    /// <summary>When the phone asks for none. Default 300 s.</summary>
    public int DefaultExpiresSeconds { get; init; } = 300;

    /// <summary>Contacts of one user: a further one takes the place of that refreshed longest ago; more in one request get 403. Default 8.</summary>
    public int BindingsPerUserMax { get; init; } = 8;

    /// <summary>
    /// Flow-Timer of outbound flows on TCP and TLS (RFC 5626 section 5.4): the phone sends keep-alives at least that often, and a flow that hears
    /// nothing for so long and <see cref="FlowGrace"/> more is dropped. Default 120 s. A WebSocket is watched by its pings.
    /// </summary>
    public int FlowTimerSeconds { get; init; } = 120;

    /// <summary>What a keep-alive may be late. Default 30 s.</summary>
    public TimeSpan FlowGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Contacts in all; more get 503. Default 100,000.</summary>
    public int BindingsMax { get; init; } = 100_000;
}
