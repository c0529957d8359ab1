using System.Net;

namespace CallCenter.Sip.Transports;

/// <summary>What carries a message.</summary>
public enum SipTransport
{
    Udp,
    Tcp,

    /// <summary>TLS over TCP (RFC 3261 section 26.2.1).</summary>
    Tls,

    /// <summary>WebSocket (RFC 7118) over plain HTTP.</summary>
    Ws,

    /// <summary>WebSocket over HTTPS.</summary>
    Wss,
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

    /// <summary>True for a browser's connection: nothing but this flow reaches it.</summary>
    public bool IsWebSocket => Transport is SipTransport.Ws or SipTransport.Wss;

    internal bool IsReliable => Transport != SipTransport.Udp;

    /// <summary>Our host and port for Via and Contact of what goes by it; null until it is asked for.</summary>
    internal string? SentBy { get; set; }

    /// <summary>The transport's name in Via (RFC 3261 section 20.42, RFC 7118 section 5.2).</summary>
    internal string ViaName => Transport switch
    {
        SipTransport.Tcp => "TCP",
        SipTransport.Tls => "TLS",
        SipTransport.Ws => "WS",
        SipTransport.Wss => "WSS",
        _ => "UDP",
    };

    /// <summary>The URI parameter of our Contact; "ws" stands for both kinds of WebSocket (RFC 7118 section 5.2).</summary>
    internal string UriParameter => Transport switch
    {
        SipTransport.Tcp => ";transport=tcp",
        SipTransport.Tls => ";transport=tls",
        SipTransport.Ws or SipTransport.Wss => ";transport=ws",
        _ => "",
    };

    /// <summary>Hands the bytes, which are lent, to the socket. False when it cannot be sent; later failures come as a closed flow.</summary>
    internal abstract bool Send(ReadOnlyMemory<byte> message);

    /// <summary>The peer was told to send keep-alives (RFC 5626 section 4.4.1): a connection that hears nothing for so long is closed.</summary>
    internal virtual void ExpectKeepAlives(TimeSpan silenceMax)
    {
        // Nothing to be closed: a UDP flow has no end of its own.
    }

    /// <summary>The flow a response goes by when its Via names another address or port than the source (RFC 3261 section 18.2.2).</summary>
    internal abstract SipFlow Toward(IPEndPoint remote);
}
