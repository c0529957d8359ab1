using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CallCenter.Sip.Transports;

/// <summary>
/// The listener of TCP, or of TLS, and all its connections, taken and made. A connection is found by the peer's address and port; one that we
/// made with TLS also by the name that its certificate had to show.
/// </summary>
internal sealed class TcpTransport : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly SipTransportSink sink;
    private readonly SipLimits limits;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<(IPEndPoint Remote, string Name), TcpFlow> flows = new();
    private readonly CancellationTokenSource stop = new();
    private Task accepting = Task.CompletedTask;

    public TcpTransport(IPEndPoint bind, SipTransportSink sink, SipLimits limits, TimeProvider time, SipTlsOptions? tls = null)
    {
        Tls = tls is null ? null : new TlsSetup(tls);
        this.sink = sink;
        this.limits = limits;
        this.time = time;
        listener = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(bind);
            listener.Listen(1024);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            listener.Dispose();
            throw new SipPortInUseException(bind, tls is null ? "TCP" : "TLS", exception);
        }

        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Null for plain TCP.</summary>
    public TlsSetup? Tls { get; }

    public SipTransport Kind => Tls is null ? SipTransport.Tcp : SipTransport.Tls;

    public int ConnectionCount => flows.Count;

    public void Start() => accepting = AcceptAllAsync();

    /// <summary>Gives the port back; only of a transport that was not started.</summary>
    public void Abandon()
    {
        listener.Dispose();
        stop.Dispose();
    }

    /// <summary>The open connection to that peer, or a new one that connects while messages wait; null when there are too many.</summary>
    /// <param name="remote">The peer's address and port.</param>
    /// <param name="host">The name it goes by: with TLS its certificate must show it.</param>
    public TcpFlow? FlowTo(IPEndPoint remote, string host)
    {
        var name = Tls is null ? "" : host.ToLowerInvariant();
        if (flows.TryGetValue((remote, name), out var open) && open.IsOpen)
        {
            return open;
        }

        if (flows.Count >= limits.ConnectionsMax)
        {
            sink.Dropped();
            return null;
        }

        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        return Open(socket, remote, name, connect: true);
    }

    /// <summary>Closes connections without traffic, and those whose promised keep-alives do not come; called by the loop.</summary>
    public void CloseIdle()
    {
        foreach (var (_, flow) in flows)
        {
            if (flow.IsIdle)
            {
                flow.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        foreach (var flow in flows.Values)
        {
            flow.Close();
            await flow.Completion;
        }

        stop.Dispose();
    }

    internal void Closed(TcpFlow flow)
    {
        flows.TryRemove(new KeyValuePair<(IPEndPoint, string), TcpFlow>((flow.Remote, flow.PeerName), flow));
        sink.FlowClosed(flow);
    }

    private async Task AcceptAllAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(stop.Token);
                Take(socket);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException) when (!stop.IsCancellationRequested)
            {
                sink.Dropped(); // the peer left before it was taken, or no descriptor was free
                await Task.Delay(TimeSpan.FromMilliseconds(10), time);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Take(Socket socket)
    {
        if (flows.Count >= limits.ConnectionsMax || socket.RemoteEndPoint is not IPEndPoint remote)
        {
            sink.Dropped();
            socket.Dispose();
            return;
        }

        socket.NoDelay = true;
        Open(socket, remote, "", connect: false);
    }

    private TcpFlow Open(Socket socket, IPEndPoint remote, string name, bool connect)
    {
        var flow = new TcpFlow(this, socket, remote, name, sink, limits, time);
        flows[(remote, name)] = flow;
        flow.Start(connect);
        return flow;
    }
}
