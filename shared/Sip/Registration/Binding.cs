using System.Net;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Registration;

/// <summary>A registered contact: where a user's phone is and the flow its REGISTER came by.</summary>
public sealed record Binding(string User, string Domain, string Contact, SipFlow Flow, DateTimeOffset ExpiresAt, string CallId, uint CSeq, string? UserAgent)
{
    /// <summary>+sip.instance of a client with outbound (RFC 5626 section 4.1), such as "&lt;urn:uuid:...&gt;"; null without.</summary>
    public string? Instance { get; init; }

    /// <summary>reg-id: which of the instance's flows (RFC 5626 section 4.2); 0 without outbound.</summary>
    public int RegId { get; init; }

    /// <summary>Where the phone itself is, which a proxy that its REGISTER came through reports; else the flow's peer.</summary>
    public SipOrigin Origin { get; init; } = SipOrigin.Of(Flow);

    /// <summary>The sign-in of the token that it was made with; 0 for digest.</summary>
    public long Epoch { get; init; }

    /// <summary>The proxies between us and the phone, the nearest first, as the value of a Route header (RFC 3327); null without.</summary>
    public string? Path { get; init; }

    // RFC 5626 section 6: instance and reg-id name the binding whatever its Contact, else the Contact does.
    internal bool IsSame(Binding other) =>
        Contact == other.Contact || (RegId > 0 && RegId == other.RegId && Instance is not null && Instance == other.Instance);
}

public enum RegistrationChangeKind
{
    Added,
    Refreshed,
    Removed,
    Expired,

    /// <summary>Its connection is gone, and nothing else reaches it.</summary>
    FlowLost,

    /// <summary>The user signed in anew elsewhere.</summary>
    Superseded,
}

/// <summary>A change of one binding.</summary>
public readonly record struct RegistrationChange(string User, Binding Binding, RegistrationChangeKind Kind);

/// <summary>A UDP contact of an earlier process: its phone need not register again.</summary>
public sealed record SavedBinding(string User, string Domain, string Contact, IPEndPoint Remote, DateTimeOffset ExpiresAt, string CallId, uint CSeq, string? UserAgent, string? Path = null, SipOrigin? Origin = null);
