using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Tests;

/// <summary>A browser's end of a WebSocket over a real TCP connection, as text; the other end is served by an endpoint.</summary>
internal sealed class WebSocketPeer : IAsyncDisposable
{
    private readonly TcpClient tcp;
    private readonly byte[] buffer = new byte[128 * 1024];

    private WebSocketPeer(TcpClient tcp, WebSocket socket, WebSocketFlow flow)
    {
        this.tcp = tcp;
        Socket = socket;
        Flow = flow;
    }

    public WebSocket Socket { get; }

    /// <summary>The endpoint's side.</summary>
    public WebSocketFlow Flow { get; }

    public static async Task<WebSocketPeer> Open(SipEndpoint endpoint, TimeSpan? ping = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var tcp = new TcpClient();
        var connecting = tcp.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await connecting;
        var server = WebSocket.CreateFromStream(accepted.GetStream(), new WebSocketCreationOptions
        {
            IsServer = true, SubProtocol = "sip", KeepAliveInterval = ping ?? TimeSpan.Zero, KeepAliveTimeout = ping ?? Timeout.InfiniteTimeSpan,
        });
        var flow = endpoint.Serve(server, secure: false, (IPEndPoint)accepted.Client.LocalEndPoint!, (IPEndPoint)accepted.Client.RemoteEndPoint!);
        var client = WebSocket.CreateFromStream(tcp.GetStream(), new WebSocketCreationOptions { SubProtocol = "sip", KeepAliveInterval = TimeSpan.Zero });
        return new WebSocketPeer(tcp, client, flow);
    }

    public Task Send(string message, WebSocketMessageType type = WebSocketMessageType.Text) => Send(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), type);

    public Task Send(byte[] bytes, WebSocketMessageType type) => Socket.SendAsync(bytes, type, true, TestContext.Current.CancellationToken).Soon();

    /// <summary>The next WebSocket message as text; null when the other side said goodbye.</summary>
    public async Task<string?> Receive()
    {
        var length = 0;
        while (true)
        {
            var result = await Socket.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken).AsTask().Soon();
            length += result.Count;
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (result.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
    }

    public async Task<SipMessage> ReceiveMessage()
    {
        var text = (await Receive()).ShouldNotBeNull();
        return SipParser.Parse(Encoding.UTF8.GetBytes(text), out var reason).ShouldNotBeNull(reason);
    }

    /// <summary>A REGISTER as JsSIP writes it, and its answer.</summary>
    public async Task<SipMessage> Register(string user, string? token, int cseq = 1, int expires = 120, string contact = "sip:tab@x.invalid;transport=ws", string extra = "")
    {
        await Send(
            $"REGISTER sip:callcenter SIP/2.0\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK{Guid.NewGuid():N}\nMax-Forwards: 69\n"
            + $"From: <sip:{user}@callcenter>;tag=f1\nTo: <sip:{user}@callcenter>\nCall-ID: reg-{contact}\nCSeq: {cseq} REGISTER\n"
            + (token is null ? "" : $"Authorization: Bearer {token}\n")
            + $"Contact: <{contact}>;+sip.ice;reg-id=1;+sip.instance=\"<urn:uuid:8f0c1a8a-0000-4000-8000-1c2d3e4f5a6b>\";expires={expires}\n"
            + $"Supported: path,gruu,outbound\n{extra}Content-Length: 0\n\n");
        return await ReceiveMessage();
    }

    public async ValueTask DisposeAsync()
    {
        tcp.Dispose();
        Socket.Dispose();
        await Flow.Completion.Soon();
    }
}
