using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Transports;

/// <summary>One TCP connection: a reader that frames messages, a writer with a bounded queue.</summary>
internal sealed class TcpFlow : SipFlow
{
    private readonly TcpTransport owner;
    private readonly Socket socket;
    private readonly SipTransportSink sink;
    private readonly SipLimits limits;
    private readonly TimeProvider time;
    private readonly Channel<ReadOnlyMemory<byte>> outgoing;
    private long lastTraffic;
    private volatile bool open = true;

    public TcpFlow(TcpTransport owner, Socket socket, IPEndPoint local, IPEndPoint remote, SipTransportSink sink, SipLimits limits, TimeProvider time)
        : base(SipTransport.Tcp, local, remote)
    {
        this.owner = owner;
        this.socket = socket;
        this.sink = sink;
        this.limits = limits;
        this.time = time;
        lastTraffic = time.GetTimestamp();
        outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(limits.ConnectionQueueMax) { SingleReader = true });
    }

    public override bool IsOpen => open;

    public long LastTraffic => Volatile.Read(ref lastTraffic);

    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start(bool connect) => Completion = Task.Run(() => RunAsync(connect));

    public void Close()
    {
        open = false;
        outgoing.Writer.TryComplete();
        socket.Dispose();
    }

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

        Close(); // a peer that does not read is as good as gone
        return false;
    }

    internal override SipFlow Toward(IPEndPoint remote) => this;

    private async Task RunAsync(bool connect)
    {
        try
        {
            if (connect)
            {
                using var deadline = new CancellationTokenSource(limits.ConnectTimeout, time);
                await socket.ConnectAsync(Remote, deadline.Token);
            }

            var writing = WriteAllAsync();
            await ReadAllAsync();
            Close();
            await writing;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException or ChannelClosedException)
        {
            sink.Dropped();
        }
        finally
        {
            Close();
            owner.Closed(this);
        }
    }

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach (var message in outgoing.Reader.ReadAllAsync())
            {
                for (var sent = 0; sent < message.Length;)
                {
                    sent += await socket.SendAsync(message[sent..], SocketFlags.None);
                }

                Volatile.Write(ref lastTraffic, time.GetTimestamp());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Close();
        }
    }

    private async Task ReadAllAsync()
    {
        var buffer = new byte[4096];
        var held = 0;
        while (open)
        {
            if (held == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, SipMessageLimits.MessageBytesMax + 1));
            }

            var read = await ReadSomeAsync(buffer.AsMemory(held));
            if (read == 0)
            {
                return;
            }

            Volatile.Write(ref lastTraffic, time.GetTimestamp());
            held += read;
            var used = await TakeMessagesAsync(buffer.AsMemory(0, held));
            if (used < 0)
            {
                return;
            }

            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
        }
    }

    private async ValueTask<int> ReadSomeAsync(Memory<byte> space)
    {
        try
        {
            return await socket.ReceiveAsync(space, SocketFlags.None);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return 0; // reset by the peer, or closed by us
        }
    }

    // The bytes taken, or -1 when the stream cannot be followed: without Content-Length there is no border to look for.
    private async ValueTask<int> TakeMessagesAsync(ReadOnlyMemory<byte> data)
    {
        var used = 0;
        while (true)
        {
            var kind = StreamFramer.Next(data.Span[used..], out var size);
            switch (kind)
            {
                case FrameKind.Incomplete:
                    return used;
                case FrameKind.Broken:
                    sink.Dropped();
                    return -1;
                case FrameKind.Ping:
                    outgoing.Writer.TryWrite("\r\n"u8.ToArray());
                    break;
                case FrameKind.Message:
                    await HandOverAsync(data.Slice(used, size).ToArray());
                    break;
            }

            used += size;
        }
    }

    // A full loop holds the connection back: TCP does the rest.
    private async ValueTask HandOverAsync(byte[] message)
    {
        while (open && !sink.Loop.TryReceive(message, this))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        }
    }
}
