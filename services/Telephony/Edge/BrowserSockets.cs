using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using CallCenter.Hosting;
using CallCenter.Sip.Transports;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// Browsers' telephones: SIP over WebSocket at <c>/sip</c> (RFC 7118). Before a socket is opened: 1 it is a WebSocket of subprotocol sip,
/// 2 the page is ours (Origin), 3 there is room, in all and for its address. From then on it lives as long as its user is registered by
/// it, and answers pings.
/// </summary>
internal sealed class BrowserSockets(SipServer sip, Registrations registrations, TelephonyOptions options, TimeProvider clock, ILogger<BrowserSockets> logger)
{
    /// <summary>Close code of a socket whose user signed in its telephone anew elsewhere.</summary>
    public const WebSocketCloseStatus Superseded = (WebSocketCloseStatus)4001;

    /// <summary>Close code of a socket whose user is not registered by it.</summary>
    public const WebSocketCloseStatus NotRegistered = (WebSocketCloseStatus)4002;

    private static readonly TimeSpan PingEach = TimeSpan.FromSeconds(5), PongWithin = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<IPAddress, int> perAddress = new();
    private int open;

    /// <summary>Serves one socket to its end.</summary>
    public async Task Serve(HttpContext http)
    {
        var remote = Address(http.Connection.RemoteIpAddress);
        if (!http.WebSockets.IsWebSocketRequest || !http.WebSockets.WebSocketRequestedProtocols.Contains(WebSocketFlow.Subprotocol))
        {
            await Problems.Invalid(["This is SIP over WebSocket (RFC 7118): open a WebSocket of subprotocol sip."]).ExecuteAsync(http);
        }
        else if (!IsOurs(http.Request))
        {
            Log.SocketRefused(logger, remote.ToString(), $"Origin '{http.Request.Headers.Origin}'");
            await Problems.Forbidden("The page is not of this site: add its origin to Telephony:Origins to let it in.").ExecuteAsync(http);
        }
        else if (!Enter(remote))
        {
            Log.SocketRefused(logger, remote.ToString(), "too many sockets");
            await Problems.TooMany(http, TimeSpan.FromSeconds(5)).ExecuteAsync(http);
        }
        else
        {
            try
            {
                await ServeAccepted(http, remote);
            }
            finally
            {
                Leave(remote);
            }
        }
    }

    private async Task ServeAccepted(HttpContext http, IPAddress remote)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = WebSocketFlow.Subprotocol,
            KeepAliveInterval = PingEach,
            KeepAliveTimeout = PongWithin,
        });
        var local = new IPEndPoint(Address(http.Connection.LocalIpAddress), http.Connection.LocalPort);
        var flow = sip.Endpoint.Serve(socket, http.Request.IsHttps, local, new IPEndPoint(remote, http.Connection.RemotePort));
        using var look = new PeriodicTimer(TimeSpan.FromSeconds(options.RegisterSeconds), clock);
        _ = flow.Completion.ContinueWith(_ => look.Dispose(), TaskScheduler.Default);
        while (await look.WaitForNextTickAsync())
        {
            if (!registrations.Registrar.IsRegistered(flow))
            {
                flow.Close(NotRegistered, "not registered");
            }
        }
        await flow.Completion;
    }

    // Browsers always tell the page's origin (RFC 6454); whoever tells none is no page of ours.
    private bool IsOurs(HttpRequest request) => request.Headers.Origin is [{ Length: > 0 } origin]
        && ((Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase))
            || options.OriginNames.Contains(origin, StringComparer.OrdinalIgnoreCase));

    private bool Enter(IPAddress remote)
    {
        var total = Interlocked.Increment(ref open);
        var here = perAddress.AddOrUpdate(remote, 1, (_, n) => n + 1);
        if (total <= options.SocketsMax && here <= options.SocketsPerAddressMax)
        {
            return true;
        }
        Leave(remote);
        return false;
    }

    private void Leave(IPAddress remote)
    {
        Interlocked.Decrement(ref open);
        if (perAddress.AddOrUpdate(remote, 0, (_, n) => n - 1) <= 0)
        {
            perAddress.TryRemove(new KeyValuePair<IPAddress, int>(remote, 0));
        }
    }

    private static IPAddress Address(IPAddress? address) => address is null ? IPAddress.None : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
