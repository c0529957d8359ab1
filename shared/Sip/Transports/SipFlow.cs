using System.Net;

namespace CallCenter.Sip.Transports;

public enum SipTransport
{
    Udp,
    Tcp,
}

/// <summary>The way to one peer: a UDP address pair or one connection (RFC 5626 section 2).</summary>
public abstract class SipFlow
{
    private protected SipFlow(SipTransport transport, IPEndPoint local, IPEndPoint remote)
    {
        Transport = transport;
        Local = local;
        Remote = remote;
    }

    public SipTransport Transport { get; }

    /// <summary>Our socket's address and port.</summary>
    public IPEndPoint Local { get; }

    /// <summary>The peer's address and port as its packets show it.</summary>
    public IPEndPoint Remote { get; }

    /// <summary>False once a connection has been closed; a UDP flow stays open.</summary>
    public abstract bool IsOpen { get; }

    internal bool IsReliable => Transport != SipTransport.Udp;

    /// <summary>Hands the bytes to the socket. False when it cannot be sent; later failures come as a closed flow.</summary>
    internal abstract bool Send(ReadOnlyMemory<byte> message);

    /// <summary>The flow a response goes by when its Via names another address or port than the source (RFC 3261 section 18.2.2).</summary>
    internal abstract SipFlow Toward(IPEndPoint remote);
}
