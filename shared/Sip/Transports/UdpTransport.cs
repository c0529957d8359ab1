using System.Net;
using System.Net.Sockets;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Transports;

/// <summary>One UDP socket with a receiving thread; an endpoint may hold several. Sends on the caller's thread.</summary>
internal sealed class UdpTransport : IDisposable
{
    // Source addresses whose flow is kept; the flow itself holds no state, so the cache may be emptied at any time.
    private const int FlowsMax = 16_384;
    private const int SocketBufferBytes = 4 * 1024 * 1024;

    private readonly Socket socket;
    private readonly SipTransportSink sink;
    private readonly Dictionary<SocketAddress, UdpFlow> flows = [];
    private readonly Thread thread;
    private volatile bool closed;

    public UdpTransport(IPEndPoint bind, SipTransportSink sink)
    {
        this.sink = sink;
        socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(bind);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            socket.Dispose();
            throw new SipPortInUseException(bind, "UDP", exception);
        }

        socket.ReceiveBufferSize = SocketBufferBytes;
        socket.SendBufferSize = SocketBufferBytes;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        thread = new Thread(ReceiveAll) { IsBackground = true, Name = "sip-udp" };
    }

    public IPEndPoint LocalEndPoint { get; }

    public void Start() => thread.Start();

    public UdpFlow FlowTo(IPEndPoint remote) => new(this, remote, remote.Serialize());

    public void Dispose()
    {
        closed = true;
        socket.Dispose();
    }

    internal bool Send(ReadOnlyMemory<byte> message, UdpFlow flow)
    {
        try
        {
            sink.Trace(message, flow, true);
            socket.SendTo(message.Span, SocketFlags.None, flow.Address);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void ReceiveAll()
    {
        var buffer = new byte[SipMessageLimits.MessageBytesMax];
        var from = new SocketAddress(LocalEndPoint.AddressFamily);
        while (!closed)
        {
            int length;
            try
            {
                length = socket.ReceiveFrom(buffer, SocketFlags.None, from);
            }
            catch (SocketException) when (!closed)
            {
                continue; // an ICMP error of an earlier send, or a datagram larger than any message
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            Take(buffer.AsSpan(0, length), from);
        }
    }

    private void Take(ReadOnlySpan<byte> datagram, SocketAddress from)
    {
        // Keep-alives of NAT bindings are a few bytes of CRLF or NUL.
        if (datagram.IndexOfAnyExcept("\r\n\0 "u8) < 0)
        {
            return;
        }

        if (!flows.TryGetValue(from, out var flow))
        {
            if (flows.Count >= FlowsMax)
            {
                flows.Clear();
            }

            var remote = (IPEndPoint)LocalEndPoint.Create(from);
            flow = FlowTo(remote);
            flows[flow.Address] = flow;
        }

        if (!sink.Loop.TryReceive(datagram.ToArray(), flow))
        {
            sink.Dropped();
        }
    }
}

/// <summary>What transports report to.</summary>
internal sealed record SipTransportSink(SipLoop Loop, Action<ReadOnlyMemory<byte>, SipFlow, bool> Trace, Action Dropped, Action<SipFlow> FlowClosed);

internal sealed class UdpFlow(UdpTransport transport, IPEndPoint remote, SocketAddress address)
    : SipFlow(SipTransport.Udp, transport.LocalEndPoint, remote)
{
    public SocketAddress Address { get; } = address;

    public override bool IsOpen => true;

    internal override bool Send(ReadOnlyMemory<byte> message) => transport.Send(message, this);

    internal override SipFlow Toward(IPEndPoint remote) => transport.FlowTo(remote);
}
