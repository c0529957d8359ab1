using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>A user name and its password, for a client that is challenged.</summary>
public sealed record SipCredentials(string User, string Password);

/// <summary>What to call, as whom, with which offer.</summary>
public sealed record UacInvite
{
    /// <summary>Request-URI, for example "sip:1001@192.0.2.7:5062;transport=tcp".</summary>
    public required string Target { get; init; }

    /// <summary>From without tag: a URI, or a name-addr such as "\"Desk\" &lt;sip:100@example.org&gt;". Empty: anonymous at our own address.</summary>
    public string From { get; init; } = "";

    /// <summary>To; the target when null.</summary>
    public string? To { get; init; }

    /// <summary>Our offer. Empty until set: an INVITE without offer is not sent.</summary>
    public string Sdp { get; init; } = "";

    /// <summary>Headers to add, such as P-Asserted-Identity.</summary>
    public IReadOnlyList<SipHeader> Headers { get; init; } = [];

    /// <summary>Send by this flow (a registration's); null finds the way by Route and target.</summary>
    public SipFlow? Flow { get; init; }

    /// <summary>The proxies to send through, the first first: URIs with ;lr, or the value of a Route header; null: none.</summary>
    public string? Route { get; init; }

    /// <summary>Answers a 401 or 407 once; null reports it.</summary>
    public SipCredentials? Credentials { get; init; }

    /// <summary>From INVITE to final response; then CANCEL and <see cref="CallEnded"/> with Timeout. Default 180 s.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>A call to a registered phone, by the flow of its registration.</summary>
    public static UacInvite ToBinding(Binding binding) => new() { Target = binding.Contact, To = $"<sip:{Uri.EscapeDataString(binding.User)}@{binding.Domain}>", Flow = binding.Flow, Route = binding.Path };
}
