using System.Net;
using CallCenter.Sip;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Telephony;

/// <summary>SIP load balancers before the gateways: what comes from their addresses is judged by the address that they report (ADR 23).</summary>
internal sealed class TrustedProxies(TelephonyOptions options)
{
    private readonly IPNetwork[] networks = [.. options.TrustedProxyNetworks];

    public bool Has(SipFlow flow) => networks.Length > 0 && !flow.IsWebSocket && Array.Exists(networks, n => n.Contains(Plain(flow.Remote.Address)));

    /// <summary>Who sent the request, as far as trust, bans, limits and the audio's source go.</summary>
    public SipOrigin OriginOf(SipMessage request, SipFlow flow) => Has(flow) ? SipOrigin.BehindProxy(request, flow) : SipOrigin.Of(flow);

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
