using System.Net;
using System.Runtime.InteropServices;
using CallCenter.Benchmarks.Relay;

namespace CallCenter.Benchmarks.Invite;

/// <summary>One UDP socket that speaks to one peer in batches: what is to be sent is collected and leaves by <see cref="Flush"/>.</summary>
internal sealed unsafe class SipSocket : IDisposable
{
    /// <summary>Longest message that the load sends or reads.</summary>
    public const int MessageMax = 2048;

    private const int Batch = 128;
    private readonly int _fd;
    private readonly byte* _sendBytes, _receiveBytes;
    private readonly Kernel.Message* _send, _receive;
    private readonly Kernel.Part* _sendParts, _receiveParts;
    private readonly Kernel.InternetAddress* _peer;
    private int _queued;

    public SipSocket(IPEndPoint local)
    {
        _fd = Kernel.Open(local);
        _peer = Allocate<Kernel.InternetAddress>(1);
        _sendBytes = Allocate<byte>(Batch * MessageMax);
        _receiveBytes = Allocate<byte>(Batch * MessageMax);
        _send = Allocate<Kernel.Message>(Batch);
        _receive = Allocate<Kernel.Message>(Batch);
        _sendParts = Allocate<Kernel.Part>(Batch);
        _receiveParts = Allocate<Kernel.Part>(Batch);
        for (var i = 0; i < Batch; i++)
        {
            _receiveParts[i] = new() { Start = _receiveBytes + (i * MessageMax), Length = MessageMax };
            _receive[i] = new() { Parts = _receiveParts + i, PartCount = 1 };
            _sendParts[i] = new() { Start = _sendBytes + (i * MessageMax) };
            _send[i] = new() { Address = (byte*)_peer, AddressLength = (uint)sizeof(Kernel.InternetAddress), Parts = _sendParts + i, PartCount = 1 };
        }
    }

    public delegate void Taker(ReadOnlySpan<byte> message);

    /// <summary>Where everything goes.</summary>
    public void Connect(IPEndPoint peer) => *_peer = Kernel.InternetAddress.Of(peer);

    public void Send(ReadOnlySpan<byte> message)
    {
        message.CopyTo(new Span<byte>(_sendBytes + (_queued * MessageMax), MessageMax));
        _sendParts[_queued].Length = message.Length;
        if (++_queued == Batch)
        {
            Flush();
        }
    }

    public void Flush()
    {
        Kernel.SendAll(_fd, _send, _queued);
        _queued = 0;
    }

    /// <summary>Gives what has come since.</summary>
    public void Receive(Taker take)
    {
        int count;
        do
        {
            count = Kernel.ReceiveMany(_fd, _receive, Batch, Kernel.DontWait, null);
            for (var i = 0; i < count; i++)
            {
                take(new ReadOnlySpan<byte>(_receiveParts[i].Start, (int)_receive[i].Length));
            }
        }
        while (count == Batch);
    }

    public void Dispose()
    {
        _ = Kernel.Close(_fd);
        foreach (var memory in (nint[])[(nint)_sendBytes, (nint)_receiveBytes, (nint)_send, (nint)_receive, (nint)_sendParts, (nint)_receiveParts, (nint)_peer])
        {
            NativeMemory.Free((void*)memory);
        }
    }

    private static T* Allocate<T>(int count) where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
}
