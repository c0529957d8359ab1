using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;

namespace CallCenter.Sip.Transports;

/// <summary>The WebSockets that a web server has accepted for us. There is no way to open one: browsers come to us.</summary>
internal sealed class WebSocketTransport(SipTransportSink sink, SipLimits limits, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<WebSocketFlow, bool> flows = new();
    private volatile bool closed;

    public WebSocketFlow Serve(WebSocket socket, bool secure, IPEndPoint local, IPEndPoint remote)
    {
        var flow = new WebSocketFlow(socket, secure, local, remote, sink, limits, time);
        flows[flow] = true;
        flow.Start(gone => flows.TryRemove(gone, out _));
        if (closed || flows.Count > limits.ConnectionsMax)
        {
            sink.Dropped();
            flow.Close(WebSocketCloseStatus.EndpointUnavailable, closed ? "stopping" : "too many connections");
        }

        return flow;
    }

    /// <summary>Closes sockets without traffic; called by the loop.</summary>
    public void CloseIdle()
    {
        foreach (var (flow, _) in flows)
        {
            if (flow.IsIdle)
            {
                flow.Close(WebSocketCloseStatus.NormalClosure, "idle");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        closed = true;
        var open = flows.Keys.ToArray();
        foreach (var flow in open)
        {
            flow.Close(WebSocketCloseStatus.EndpointUnavailable, "stopping");
        }

        await Task.WhenAll(open.Select(flow => flow.Completion));
    }
}
