using System.Net;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip;

/// <summary>Where a message comes from: its flow's peer, or whom a trusted proxy before us took it from.</summary>
/// <param name="Remote">Address and port.</param>
/// <param name="Transport">By which it came to the proxy, or to us.</param>
public readonly record struct SipOrigin(IPEndPoint Remote, SipTransport Transport)
{
    private const int DefaultPort = 5060;

    /// <summary>The flow's peer itself.</summary>
    public static SipOrigin Of(SipFlow flow) => new(flow.Remote, flow.Transport);

    /// <summary>
    /// Whom a proxy took that request from: "received" of the Via below its own, which the proxy adds where sent-by differs from the source,
    /// else sent-by (RFC 3261 section 18.2.1). The proxy itself where there is no such Via, as in its own OPTIONS; no address where that names none.
    /// </summary>
    public static SipOrigin BehindProxy(SipMessage request, SipFlow flow)
    {
        if (request.GetAll(HeaderId.Via) is not [_, var below, ..])
        {
            return Of(flow);
        }

        if (!Via.TryParse(System.Text.Encoding.UTF8.GetBytes(below), out var via))
        {
            return new SipOrigin(new IPEndPoint(IPAddress.None, 0), SipTransport.Udp);
        }

        var host = SipSyntax.TryParameter(via.Parameters, "received"u8, out var received) ? received.Trim("[]"u8) : via.Host;
        var port = SipSyntax.TryParameter(via.Parameters, "rport"u8, out var rport) && SipSyntax.TryNumber(rport, IPEndPoint.MaxPort, out var seen) ? (int)seen : via.Port;
        return new SipOrigin(new IPEndPoint(IPAddress.TryParse(SipSyntax.Text(host), out var address) ? address : IPAddress.None, port == 0 ? DefaultPort : port), Named(via.Transport));
    }

    private static SipTransport Named(ReadOnlySpan<byte> transport) =>
        Enum.TryParse<SipTransport>(SipSyntax.Text(transport), ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : SipTransport.Udp;
}
