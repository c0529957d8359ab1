using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.Telephony.Edge;

/// <summary>An agent's registered device and the way to it, whichever gateway it is registered at.</summary>
/// <param name="Contact">Request-URI.</param>
/// <param name="Origin">Where it is and by which transport it came: that decides how its media is protected.</param>
/// <param name="Flow">Its connection to this gateway; null at another.</param>
/// <param name="Route">The proxies before it, as the value of a Route header: its Path, or the gateway that holds its connection.</param>
/// <param name="Epoch">The sign-in that it registered with; 0 for a password.</param>
internal sealed record Device(string User, string Domain, string Contact, SipOrigin Origin, DateTimeOffset ExpiresAt, SipFlow? Flow, string? Route, long Epoch)
{
    public bool IsBrowser => Origin.Transport is SipTransport.Ws or SipTransport.Wss;

    /// <summary>The device, not its way: the same wherever it is seen from.</summary>
    public string Name => $"{Contact} {Origin.Remote}";

    public static Device Of(Binding b) => new(b.User, b.Domain, b.Contact, b.Origin, b.ExpiresAt, b.Flow, b.Path, b.Epoch);

    public UacInvite Invite() => new() { Target = Contact, To = $"<sip:{Uri.EscapeDataString(User)}@{Domain}>", Flow = Flow, Route = Route };
}
