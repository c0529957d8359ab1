using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CallCenter.Sip.Transports;

/// <summary>The TCP listener and all connections, taken and made. Connections are found by the peer's address and port.</summary>
internal sealed class TcpTransport : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly SipTransportSink sink;
    private readonly SipLimits limits;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<IPEndPoint, TcpFlow> flows = new();
    private readonly CancellationTokenSource stop = new();
    private Task accepting = Task.CompletedTask;

    public TcpTransport(IPEndPoint bind, SipTransportSink sink, SipLimits limits, TimeProvider time)
    {
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
            throw new SipPortInUseException(bind, "TCP", exception);
        }

        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    public int ConnectionCount => flows.Count;

    public void Start() => accepting = AcceptAllAsync();

    /// <summary>The open connection to that peer, or a new one that connects while messages wait; null when there are too many.</summary>
    public TcpFlow? FlowTo(IPEndPoint remote)
    {
        if (flows.TryGetValue(remote, out var open) && open.IsOpen)
        {
            return open;
        }

        if (flows.Count >= limits.ConnectionsMax)
        {
            sink.Dropped();
            return null;
        }

        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        return Open(socket, remote, connect: true);
    }

    /// <summary>Closes connections without traffic; called each second by the loop.</summary>
    public void CloseIdle()
    {
        foreach (var flow in flows.Values)
        {
            if (time.GetElapsedTime(flow.LastTraffic) > limits.ConnectionIdle)
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
        flows.TryRemove(new KeyValuePair<IPEndPoint, TcpFlow>(flow.Remote, flow));
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
        Open(socket, remote, connect: false);
    }

    private TcpFlow Open(Socket socket, IPEndPoint remote, bool connect)
    {
        var flow = new TcpFlow(this, socket, LocalEndPoint, remote, sink, limits, time);
        flows[remote] = flow;
        flow.Start(connect);
        return flow;
    }
}
