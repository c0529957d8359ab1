using System.Net;
using System.Net.WebSockets;
using System.Text.Unicode;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Transports;

/// <summary>
/// One WebSocket of subprotocol "sip" (RFC 7118): a WebSocket message is a SIP message, text or binary. Pings are those of the socket: whoever accepts it sets its keep-alive interval and timeout, so that a dead one is noticed.
/// </summary>
public sealed class WebSocketFlow : ConnectionFlow
{
    /// <summary>The subprotocol that both ends must name (RFC 7118 section 4.1).</summary>
    public const string Subprotocol = "sip";

    private readonly WebSocket socket;
    private readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (WebSocketCloseStatus Status, string Reason) goodbye = (WebSocketCloseStatus.NormalClosure, "");

    internal WebSocketFlow(WebSocket socket, bool secure, IPEndPoint local, IPEndPoint remote, SipTransportSink sink, SipLimits limits, TimeProvider time)
        : base(secure ? SipTransport.Wss : SipTransport.Ws, local, remote, sink, limits, time) => this.socket = socket;

    /// <summary>Ends when the socket is closed and nothing more is done with it.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Says goodbye with that status (RFC 6455 section 7.4) after what waits to be sent; a peer that does not answer is cut off. Idempotent.</summary>
    /// <param name="reason">At most 123 bytes.</param>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        if (IsOpen)
        {
            goodbye = (status, reason);
            Shut();
        }
    }

    internal void Start(Action<WebSocketFlow> closed) => Completion = RunAsync(closed);

    // The server's pings watch over it, and browsers' clients send no CRLF (RFC 7118 section 6).
    internal override void ExpectKeepAlives(TimeSpan silenceMax)
    {
    }

    private protected override void CutOff()
    {
        Shut();
        socket.Abort();
    }

    private protected override async ValueTask WriteAsync(ReadOnlyMemory<byte> message)
    {
        using var deadline = new CancellationTokenSource(Limits.ConnectTimeout, Time);
        var kind = Utf8.IsValid(message.Span) ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        await socket.SendAsync(message, kind, endOfMessage: true, deadline.Token);
    }

    private async Task RunAsync(Action<WebSocketFlow> closed)
    {
        var writing = WriteAllAsync();
        try
        {
            await ReadAllAsync();
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            Sink.Dropped();
        }
        finally
        {
            read.TrySetResult();
            Close(WebSocketCloseStatus.NormalClosure, "");
            await writing;
            closed(this);
            Sink.FlowClosed(this);
        }
    }

    private async Task WriteAllAsync()
    {
        try
        {
            await WriteQueuedAsync();
            await SayGoodbyeAsync();
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            CutOff();
        }
    }

    // After our close frame the peer has that long to send its own.
    private async Task SayGoodbyeAsync()
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var deadline = new CancellationTokenSource(Limits.ConnectTimeout, Time);
            await socket.CloseOutputAsync(goodbye.Status, goodbye.Reason, deadline.Token);
            await read.Task.WaitAsync(Limits.ConnectTimeout, Time);
        }
    }

    private async Task ReadAllAsync()
    {
        var buffer = new byte[4096];
        var held = 0;
        while (true)
        {
            if (held == buffer.Length && buffer.Length >= SipMessageLimits.MessageBytesMax)
            {
                Sink.Dropped();
                Close(WebSocketCloseStatus.MessageTooBig, "a SIP message has at most 65536 bytes");
                held = 0;
            }
            else if (held == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, SipMessageLimits.MessageBytesMax));
            }

            var result = await socket.ReceiveAsync(buffer.AsMemory(held), CancellationToken.None);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            // What comes after our goodbye is thrown away.
            held = IsOpen ? held + result.Count : 0;
            if (IsOpen && result.EndOfMessage)
            {
                Heard();
                await TakeAsync(buffer.AsMemory(0, held));
                held = 0;
            }
        }
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> message)
    {
        if (message.Span.IndexOfAnyExcept("\r\n"u8) >= 0)
        {
            await HandOverAsync(message.ToArray());
        }
        else if (message.Length >= 4)
        {
            Pong();
        }
    }

    private static bool IsLoss(Exception exception) =>
        exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or TimeoutException or InvalidOperationException;
}
