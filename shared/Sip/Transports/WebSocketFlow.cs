using System.Net;
using System.Net.WebSockets;
using System.Text.Unicode;
using System.Threading.Channels;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Transports;

/// <summary>
/// One WebSocket of subprotocol "sip" (RFC 7118): a WebSocket message is a SIP message, text or binary. A reader, a writer with a bounded
/// queue. Pings are those of the socket: whoever accepts it sets its keep-alive interval and timeout, so that a dead one is noticed.
/// </summary>
public sealed class WebSocketFlow : SipFlow
{
    /// <summary>The subprotocol that both ends must name (RFC 7118 section 4.1).</summary>
    public const string Subprotocol = "sip";

    private readonly WebSocket socket;
    private readonly SipTransportSink sink;
    private readonly SipLimits limits;
    private readonly TimeProvider time;
    private readonly Channel<ReadOnlyMemory<byte>> outgoing;
    private readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (WebSocketCloseStatus Status, string Reason) goodbye = (WebSocketCloseStatus.NormalClosure, "");
    private long lastTraffic;
    private volatile bool open = true;

    internal WebSocketFlow(WebSocket socket, bool secure, IPEndPoint local, IPEndPoint remote, SipTransportSink sink, SipLimits limits, TimeProvider time)
        : base(secure ? SipTransport.Wss : SipTransport.Ws, local, remote)
    {
        this.socket = socket;
        this.sink = sink;
        this.limits = limits;
        this.time = time;
        lastTraffic = time.GetTimestamp();
        outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(limits.ConnectionQueueMax) { SingleReader = true });
    }

    /// <summary>Ends when the socket is closed and nothing more is done with it.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public override bool IsOpen => open;

    internal long LastTraffic => Volatile.Read(ref lastTraffic);

    /// <summary>Says goodbye with that status (RFC 6455 section 7.4) after what waits to be sent; a peer that does not answer is cut off. Idempotent.</summary>
    /// <param name="reason">At most 123 bytes.</param>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        if (open)
        {
            goodbye = (status, reason);
            open = false;
            outgoing.Writer.TryComplete();
        }
    }

    internal void Start(Action<WebSocketFlow> closed) => Completion = RunAsync(closed);

    internal override bool Send(ReadOnlyMemory<byte> message)
    {
        if (!open)
        {
            return false;
        }

        sink.Trace(message, this, true);
        if (outgoing.Writer.TryWrite(message))
        {
            return true;
        }

        CutOff(); // a peer that does not read is as good as gone
        return false;
    }

    internal override SipFlow Toward(IPEndPoint remote) => this;

    private async Task RunAsync(Action<WebSocketFlow> closed)
    {
        var writing = WriteAllAsync();
        try
        {
            await ReadAllAsync();
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            sink.Dropped();
        }
        finally
        {
            read.TrySetResult();
            Close(WebSocketCloseStatus.NormalClosure, "");
            await writing;
            closed(this);
            sink.FlowClosed(this);
        }
    }

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach (var message in outgoing.Reader.ReadAllAsync())
            {
                using var deadline = new CancellationTokenSource(limits.ConnectTimeout, time);
                var kind = Utf8.IsValid(message.Span) ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                await socket.SendAsync(message, kind, endOfMessage: true, deadline.Token);
                Volatile.Write(ref lastTraffic, time.GetTimestamp());
            }

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
            using var deadline = new CancellationTokenSource(limits.ConnectTimeout, time);
            await socket.CloseOutputAsync(goodbye.Status, goodbye.Reason, deadline.Token);
            await read.Task.WaitAsync(limits.ConnectTimeout, time);
        }
    }

    private void CutOff()
    {
        open = false;
        outgoing.Writer.TryComplete();
        socket.Abort();
    }

    private async Task ReadAllAsync()
    {
        var buffer = new byte[4096];
        var held = 0;
        while (true)
        {
            if (held == buffer.Length && buffer.Length >= SipMessageLimits.MessageBytesMax)
            {
                sink.Dropped();
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
            held = open ? held + result.Count : 0;
            if (open && result.EndOfMessage)
            {
                Volatile.Write(ref lastTraffic, time.GetTimestamp());
                await TakeAsync(buffer.AsMemory(0, held));
                held = 0;
            }
        }
    }

    // A full loop holds the connection back: TCP does the rest.
    private async ValueTask TakeAsync(ReadOnlyMemory<byte> message)
    {
        if (message.Span.IndexOfAnyExcept("\r\n"u8) < 0)
        {
            if (message.Length >= 4)
            {
                outgoing.Writer.TryWrite("\r\n"u8.ToArray()); // RFC 5626 section 3.5.1: a double CRLF is answered with one
            }

            return;
        }

        var bytes = message.ToArray();
        while (open && !sink.Loop.TryReceive(bytes, this))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        }
    }

    private static bool IsLoss(Exception exception) =>
        exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or TimeoutException or InvalidOperationException;
}
