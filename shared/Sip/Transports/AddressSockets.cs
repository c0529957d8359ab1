using System.Net;
using System.Net.Sockets;

namespace CallCenter.Sip.Transports;

/// <summary>The sockets of an endpoint at one of its addresses: UDP and TCP at one port, TLS at another.</summary>
internal sealed class AddressSockets : IAsyncDisposable
{
    private TcpTransport? tcp;
    private TcpTransport? tls;

    private AddressSockets(IPEndPoint local) => LocalEndPoint = local;

    /// <summary>The address and the port of UDP and TCP.</summary>
    public IPEndPoint LocalEndPoint { get; private set; }

    /// <summary>For the loop, which receives from it and closes it.</summary>
    public UdpTransport? Udp { get; private set; }

    public IPEndPoint? TlsEndPoint => tls?.LocalEndPoint;

    /// <summary>Opens them; port 0: the system chooses for UDP, and TCP takes the same number. Throws <see cref="SipPortInUseException"/>, and holds no port then.</summary>
    public static AddressSockets Open(IPEndPoint bind, int tlsPort, SipEndpointOptions options, SipTransportSink sink, TimeProvider time)
    {
        var sockets = new AddressSockets(bind);
        try
        {
            if (options.Udp)
            {
                sockets.Udp = new UdpTransport(bind, sink);
                sockets.LocalEndPoint = sockets.Udp.LocalEndPoint;
            }

            if (options.Tcp)
            {
                sockets.tcp = new TcpTransport(sockets.LocalEndPoint, sink, options.Limits, time);
                sockets.LocalEndPoint = sockets.tcp.LocalEndPoint;
            }

            if (options.Tls is { } secure)
            {
                sockets.tls = new TcpTransport(new IPEndPoint(bind.Address, tlsPort), sink, options.Limits, time, secure);
            }

            return sockets;
        }
        catch (SipPortInUseException)
        {
            sockets.Abandon();
            throw;
        }
    }

    public void Start()
    {
        tcp?.Start();
        tls?.Start();
    }

    /// <summary>Gives the ports back; only of sockets that were not started.</summary>
    public void Abandon()
    {
        Udp?.Dispose();
        tcp?.Abandon();
        tls?.Abandon();
    }

    public void CloseIdle()
    {
        tcp?.CloseIdle();
        tls?.CloseIdle();
    }

    /// <summary>The way to a peer of the same family; null when there is none.</summary>
    public SipFlow? FlowTo(IPEndPoint remote, SipTransport transport, string host) => transport switch
    {
        SipTransport.Udp => Udp?.FlowTo(remote),
        SipTransport.Tcp => tcp?.FlowTo(remote, host),
        SipTransport.Tls => tls?.FlowTo(remote, host),
        _ => null, // a browser is reached only by the WebSocket it has opened
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in new[] { tcp, tls })
        {
            if (transport is not null)
            {
                await transport.DisposeAsync();
            }
        }
    }
}
