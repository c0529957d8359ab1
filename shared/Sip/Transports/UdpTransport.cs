using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Transports;

/// <summary>One UDP socket; an endpoint may hold several. All but the constructor is for the loop's thread, which receives a batch by one system call.</summary>
internal sealed unsafe class UdpTransport : IDisposable
{
    // Addresses whose flow is kept; the flow itself holds no state, so the cache may be emptied at any time.
    private const int FlowsMax = 16_384;
    private const int SocketBufferBytes = 4 * 1024 * 1024;
    private const int Batch = 16, AddressSize = 32, ControlSize = 24, DropsOffset = 16;

    private readonly Socket socket;
    private readonly SipTransportSink sink;
    private readonly Dictionary<byte[], UdpFlow> flows = new(ByteKeyComparer.Instance);
    private readonly byte[] lent = new byte[SipMessageLimits.MessageBytesMax + 1]; // longer than any message
    private readonly byte* memory;
    private readonly Libc.Message* messages;
    private uint dropsTold;

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
        Fd = (int)socket.SafeHandle.DangerousGetHandle();
        Libc.CountDrops(Fd);
        memory = (byte*)NativeMemory.AllocZeroed((nuint)(Batch * (sizeof(Libc.Message) + sizeof(Libc.Part) + AddressSize + ControlSize + SipMessageLimits.MessageBytesMax)));
        messages = (Libc.Message*)memory;
        var parts = (Libc.Part*)(messages + Batch);
        var addresses = (byte*)(parts + Batch);
        var controls = addresses + (Batch * AddressSize);
        var data = controls + (Batch * ControlSize);
        for (var i = 0; i < Batch; i++)
        {
            parts[i] = new() { Start = data + (i * SipMessageLimits.MessageBytesMax), Length = SipMessageLimits.MessageBytesMax };
            messages[i] = new() { Address = addresses + (i * AddressSize), Parts = parts + i, PartCount = 1, Control = controls + (i * ControlSize) };
        }
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>-1 once it is closed.</summary>
    public int Fd { get; private set; }

    public UdpFlow FlowTo(IPEndPoint remote)
    {
        var address = remote.Serialize();
        return FlowOf(address.Buffer.Span[..address.Size]);
    }

    public void Dispose()
    {
        if (Fd >= 0)
        {
            Fd = -1;
            socket.Dispose();
            NativeMemory.Free(memory);
        }
    }

    /// <summary>Takes one batch of what has come.</summary>
    public void Receive(SipLoop loop)
    {
        for (var i = 0; i < Batch; i++)
        {
            messages[i].AddressLength = AddressSize;
            messages[i].ControlLength = ControlSize;
        }

        // An error is that of an earlier send, told by ICMP: there is nothing to be received then.
        var count = Libc.ReceiveMany(Fd, messages, Batch, Libc.DontWait, null);
        for (var i = 0; i < count && Fd >= 0; i++)
        {
            ref var message = ref messages[i];
            CountDrops(message);
            Take(loop, new ReadOnlySpan<byte>(message.Parts->Start, (int)message.Length), new ReadOnlySpan<byte>(message.Address, (int)message.AddressLength));
        }
    }

    internal bool Send(ReadOnlyMemory<byte> message, UdpFlow flow)
    {
        if (Fd < 0)
        {
            return false;
        }

        sink.Trace(message, flow, true);
        fixed (byte* data = message.Span, address = flow.Address)
        {
            return Libc.SendTo(Fd, data, message.Length, 0, address, flow.Address.Length) >= 0;
        }
    }

    private void Take(SipLoop loop, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> from)
    {
        // Keep-alives of NAT bindings are a few bytes of CRLF or NUL.
        if (datagram.IndexOfAnyExcept("\r\n\0 "u8) >= 0)
        {
            datagram.CopyTo(lent);
            loop.Receive(lent, datagram.Length, FlowOf(from));
        }
    }

    private UdpFlow FlowOf(ReadOnlySpan<byte> address)
    {
        if (flows.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(address, out var flow))
        {
            return flow;
        }

        if (flows.Count >= FlowsMax)
        {
            flows.Clear();
        }

        var key = address.ToArray();
        var socketAddress = new SocketAddress(LocalEndPoint.AddressFamily, key.Length);
        key.CopyTo(socketAddress.Buffer.Span);
        return flows[key] = new UdpFlow(this, (IPEndPoint)LocalEndPoint.Create(socketAddress), key);
    }

    // The kernel tells with a datagram how many it has dropped since the socket was opened, for want of room.
    private void CountDrops(in Libc.Message message)
    {
        if (message.ControlLength < DropsOffset + sizeof(uint))
        {
            return;
        }

        for (var drops = *(uint*)(message.Control + DropsOffset); dropsTold != drops; dropsTold++)
        {
            sink.Dropped();
        }
    }
}

/// <summary>What transports report to.</summary>
internal sealed record SipTransportSink(SipLoop Loop, Action<ReadOnlyMemory<byte>, SipFlow, bool> Trace, Action Dropped, Action<SipFlow> FlowClosed);

internal sealed class UdpFlow(UdpTransport transport, IPEndPoint remote, byte[] address)
    : SipFlow(SipTransport.Udp, transport.LocalEndPoint, remote)
{
    /// <summary>The peer's struct sockaddr.</summary>
    public byte[] Address { get; } = address;

    public override bool IsOpen => true;

    internal override bool Send(ReadOnlyMemory<byte> message) => transport.Send(message, this);

    internal override SipFlow Toward(IPEndPoint remote) => transport.FlowTo(remote);
}
