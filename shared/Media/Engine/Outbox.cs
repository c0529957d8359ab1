using System.Runtime.InteropServices;
using CallCenter.Media.Net;

namespace CallCenter.Media.Engine;

/// <summary>
/// What the legs of a thread send over their connected sockets: kept until the packets of a round have been taken, then sent together,
/// in one system call where the kernel allows it (<see cref="SendRing"/>), in the order in which they came. It also owns the buffers in
/// which packets are made, since one that waits must stay as it is.
/// </summary>
internal sealed unsafe class Outbox : IDisposable
{
    /// <summary>Packets that wait at most; a power of two.</summary>
    public const int Size = 256;

    // Fewer are sent one by one: to hand them over costs as much.
    private const int RingFrom = 4;
    private const int BuffersEach = 3;

    private struct Waiting
    {
        public LegCore Leg;
        public UdpSocket Socket;
        public byte* Start;
        public int Length;
        public int Payload;
    }

    private readonly Waiting[] _waiting = new Waiting[Size];
    private readonly bool[] _refused = new bool[Size];
    private readonly int _stride;
    private byte* _buffers;
    private SendRing? _ring;
    private int _count;
    // Goes round: a packet that is being handled while others are sent keeps its place.
    private int _place;

    /// <param name="datagram">Bytes of the largest datagram.</param>
    public Outbox(int datagram)
    {
        // An odd number of cache lines: buffers do not all begin in the same few sets of the cache.
        _stride = (((datagram + 63) / 64) | 1) * 64;
        _buffers = (byte*)NativeMemory.AllocZeroed((nuint)(Size * BuffersEach * _stride));
    }

    /// <summary>For a packet that is received, and relayed where it lies.</summary>
    public byte* Received => Buffer(0);

    /// <summary>For a packet that a leg makes itself.</summary>
    public byte* Own => Buffer(1);

    /// <summary>For a packet that was decoded.</summary>
    public byte* Decoded => Buffer(2);

    /// <summary>Asks the kernel for a ring. On the thread that sends.</summary>
    public void OpenRing() => _ring = SendRing.TryOpen(Size);

    /// <summary>Takes a packet that lies in one of the buffers; those are others from now on. The leg is told when it was sent (<see cref="LegCore.Sent"/>).</summary>
    public void Add(LegCore leg, UdpSocket socket, byte* start, int length, int payload)
    {
        _waiting[_count++] = new Waiting { Leg = leg, Socket = socket, Start = start, Length = length, Payload = payload };
        _place = (_place + 1) & (Size - 1);
        if (_count == Size)
        {
            Flush();
        }
    }

    /// <summary>Sends all that waits. Before a socket is closed, and at each round's end.</summary>
    public void Flush()
    {
        var count = _count;
        _count = 0;
        var taken = count >= RingFrom && _ring is { } ring ? Submit(ring, count) : 0;
        for (var i = 0; i < count; i++)
        {
            ref var packet = ref _waiting[i];
            var sent = (i < taken && !_refused[i]) || packet.Socket.Send(packet.Start, packet.Length);
            _refused[i] = false;
            packet.Leg.Sent(packet.Payload, sent);
        }
    }

    private int Submit(SendRing ring, int count)
    {
        for (var i = 0; i < count; i++)
        {
            ref var packet = ref _waiting[i];
            ring.Add(i, packet.Socket, packet.Start, packet.Length);
        }
        var taken = ring.Submit(count, _refused);
        if (taken < count)
        {
            // A ring that does not take what it has room for is broken: the rest, and all from now on, goes one by one.
            ring.Dispose();
            _ring = null;
        }
        return taken;
    }

    private byte* Buffer(int which) => _buffers + (((_place * BuffersEach) + which) * _stride);

    public void Dispose()
    {
        _ring?.Dispose();
        NativeMemory.Free(_buffers);
        _ring = null;
        _buffers = null;
    }
}
