using System.Runtime.InteropServices;

namespace CallCenter.Media.Net;

/// <summary>Room for the datagrams that one system call takes from a socket, each with the time at which it came (<see cref="UdpSocket.StampArrivals"/>).</summary>
internal sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>Datagrams of one call.</summary>
    public const int Size = 16;

    // struct cmsghdr and a struct timespec.
    private const int ControlHead = 16, ControlSize = ControlHead + 16;
    private const long StampAgeMax = 1_000_000_000; // ns

    private readonly int _stride;
    private byte* _memory;
    private readonly Libc.Message* _messages;
    private readonly Libc.Buffer* _buffers;
    private readonly byte* _controls;
    private readonly byte* _addresses;
    private readonly byte* _data;

    /// <param name="datagram">Bytes of the largest datagram; of a larger one the rest is cut off.</param>
    public DatagramBatch(int datagram)
    {
        _stride = datagram;
        var each = sizeof(Libc.Message) + sizeof(Libc.Buffer) + ControlSize + AddressSize + datagram;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(Size * each));
        _messages = (Libc.Message*)_memory;
        _buffers = (Libc.Buffer*)(_messages + Size);
        _controls = (byte*)(_buffers + Size);
        _addresses = _controls + (Size * ControlSize);
        _data = _addresses + (Size * AddressSize);
    }

    // A sockaddr, rounded up so that what follows lies on a multiple of eight.
    private static int AddressSize => (NativeEndpoint.Size + 7) & ~7;

    /// <summary>Takes what waits in the socket, <see cref="Size"/> datagrams at most; 0 when there is none.</summary>
    public int Receive(UdpSocket socket)
    {
        for (var i = 0; i < Size; i++)
        {
            _buffers[i] = new Libc.Buffer { Start = Data(i), Length = _stride };
            _messages[i] = new Libc.Message
            {
                Address = _addresses + (i * AddressSize),
                AddressLength = NativeEndpoint.Size,
                Buffers = _buffers + i,
                BufferCount = 1,
                Control = _controls + (i * ControlSize),
                ControlLength = ControlSize,
            };
        }
        // MSG_TRUNC gives the real length of a datagram that does not fit.
        return Math.Max(0, Libc.ReceiveMany(socket.Fd, _messages, Size, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC, null));
    }

    public byte* Data(int index) => _data + (index * _stride);

    public int Length(int index) => (int)_messages[index].Length;

    public NativeEndpoint From(int index) => NativeEndpoint.Read(_messages[index].Address);

    /// <summary>The wall clock of <see cref="Age"/>, in ns.</summary>
    public static long ReadClock()
    {
        Libc.TimeSpec time;
        _ = Libc.ClockGetTime(Libc.CLOCK_REALTIME, &time);
        return Nanoseconds(&time);
    }

    /// <summary>How long ago the datagram came, in ns; 0 where the kernel did not say it, or its clock was set meanwhile.</summary>
    public long Age(int index, long now)
    {
        var control = _messages[index].Control;
        if (_messages[index].ControlLength < ControlSize || *(int*)(control + 8) != Libc.SOL_SOCKET || *(int*)(control + 12) != Libc.SO_TIMESTAMPNS)
        {
            return 0;
        }
        var age = now - Nanoseconds((Libc.TimeSpec*)(control + ControlHead));
        return age is > 0 and < StampAgeMax ? age : 0;
    }

    private static long Nanoseconds(Libc.TimeSpec* time) => (time->Seconds * 1_000_000_000) + time->Nanoseconds;

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
