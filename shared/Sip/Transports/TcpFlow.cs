using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Transports;

/// <summary>One TCP connection, with TLS upon it where its transport has that: a reader that frames messages, a writer.</summary>
internal sealed class TcpFlow : ConnectionFlow
{
    private readonly TcpTransport owner;
    private readonly Socket socket;
    private Stream? stream;

    public TcpFlow(TcpTransport owner, Socket socket, IPEndPoint remote, string peerName, SipTransportSink sink, SipLimits limits, TimeProvider time)
        : base(owner.Kind, owner.LocalEndPoint, remote, sink, limits, time)
    {
        PeerName = peerName;
        this.owner = owner;
        this.socket = socket;
    }

    /// <summary>The name that the peer's certificate had to show; "" without TLS and on connections that were made to us.</summary>
    public string PeerName { get; }

    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start(bool connect) => Completion = Task.Run(() => RunAsync(connect));

    public void Close()
    {
        Shut();
        stream?.Dispose();
        socket.Dispose();
    }

    private protected override void CutOff() => Close();

    private protected override ValueTask WriteAsync(ReadOnlyMemory<byte> message) => stream!.WriteAsync(message);

    private async Task RunAsync(bool connect)
    {
        try
        {
            await OpenAsync(connect);
            var writing = WriteAllAsync();
            await ReadAllAsync();
            Close();
            await writing;
        }
        catch (Exception exception) when (IsLoss(exception) || exception is OperationCanceledException or AuthenticationException)
        {
            Sink.Dropped();
        }
        finally
        {
            Close();
            owner.Closed(this);
        }
    }

    private async Task OpenAsync(bool connect)
    {
        using var deadline = new CancellationTokenSource(Limits.ConnectTimeout, Time);
        if (connect)
        {
            await socket.ConnectAsync(Remote, deadline.Token);
        }

        var network = new NetworkStream(socket, ownsSocket: true);
        stream = network;
        if (owner.Tls is { } tls)
        {
            var secured = new SslStream(network);
            stream = secured;
            await (connect ? secured.AuthenticateAsClientAsync(tls.Client(PeerName), deadline.Token) : secured.AuthenticateAsServerAsync(tls.Server, deadline.Token));
        }
    }

    private async Task WriteAllAsync()
    {
        try
        {
            await WriteQueuedAsync();
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            Close();
        }
    }

    private async Task ReadAllAsync()
    {
        var buffer = new byte[4096];
        var held = 0;
        while (IsOpen)
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

            Heard();
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
            return await stream!.ReadAsync(space);
        }
        catch (Exception exception) when (IsLoss(exception))
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
                    Sink.Dropped();
                    return -1;
                case FrameKind.Ping:
                    Pong();
                    break;
                case FrameKind.Message:
                    await HandOverAsync(data.Slice(used, size).ToArray());
                    break;
            }

            used += size;
        }
    }

    private static bool IsLoss(Exception exception) => exception is IOException or SocketException or ObjectDisposedException or ChannelClosedException;
}
