using System.Net;

namespace CallCenter.Sip;

/// <summary>The endpoint cannot listen: another process, or another endpoint, has the port.</summary>
public sealed class SipPortInUseException(IPEndPoint endPoint, string transport, Exception inner)
    : IOException($"SIP port {endPoint.Port} ({transport}) at {endPoint.Address} is in use. Choose another port or stop the program that has it.", inner)
{
    public IPEndPoint EndPoint { get; } = endPoint;
}
