using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using CallCenter.Media;
using CallCenter.Media.Srtp;

namespace CallCenter.Benchmarks.Relay;

/// <summary>What was sent and what came out of the relay in a window of time.</summary>
/// <param name="Heard">Packets that the relay made itself: music.</param>
/// <param name="DelayMs">Milliseconds from sending a packet to its arrival, one for each bucket of 0.1 ms that has any, with its count.</param>
internal sealed record LoadResult(long Sent, long Received, long Heard, double Seconds, double GeneratorCpuSeconds, IReadOnlyList<(double Ms, long Count)> DelayMs)
{
    public long Lost => Sent - Received;

    /// <summary>The delay that so large a share of the packets that can be read does not exceed.</summary>
    public double Delay(double share)
    {
        var rest = (long)Math.Ceiling(share * DelayMs.Sum(d => d.Count));
        foreach (var (ms, count) in DelayMs)
        {
            rest -= count;
            if (rest <= 0)
            {
                return ms;
            }
        }

        return double.NaN;
    }
}

/// <summary>
/// RTP of many two-leg calls through a relay, from one thread and two sockets by batched system calls: each leg sends 172
/// bytes of G.711 every 20 ms, the legs spread evenly over the 20 ms, and, where RTP is plain, an RTCP sender report every 5 s. The payload carries who sent
/// it and when, so every arrival is counted and timed.
/// </summary>
internal sealed unsafe class RtpLoad : IDisposable
{
    public const int PayloadType = 8;

    private const int Slots = 20, PacketSize = 172, Stride = 192, HeaderSize = 12, Batch = 256, ReceiveSize = 2048, Buckets = 10_000, RtcpSize = 28;
    private const uint Mark = 0x43_61_6C_6C;
    private const int RtcpTurns = 250; // of 20 ms

    private readonly int[] _rtp = new int[2];
    private readonly int[] _rtcp = new int[2];
    private readonly int _sides;
    private readonly SrtpTransform? _protection;
    private readonly int _protectedSize;
    private readonly byte* _packets, _reports, _receive;
    private readonly Kernel.Message* _send, _sendRtcp, _in;
    private readonly Kernel.Part* _parts, _rtcpParts, _inParts;
    private readonly Kernel.InternetAddress* _to, _toRtcp;
    private readonly long[] _delays = new long[Buckets];
    private long _sent, _received, _heard;
    private uint _turn;

    /// <param name="calls">Calls of two legs each.</param>
    /// <param name="port">Even port of the callers' side; the other side has port + 2, RTCP the odd ones.</param>
    /// <param name="callers">The key with which callers protect what they send; null: plain RTP. What they hear is counted and not opened.</param>
    /// <param name="sides">1: callers alone.</param>
    public RtpLoad(int calls, int port, SdesCrypto? callers = null, int sides = 2)
    {
        (Calls, _sides) = (calls, sides);
        var legs = sides * calls;
        _protection = callers?.Keys.CreateTransform(rtcp: false);
        _protectedSize = PacketSize + (callers?.Profile.TagSize() ?? 0);
        Sides = [new(IPAddress.Loopback, port), new(IPAddress.Loopback, port + 2)];
        for (var side = 0; side < 2; side++)
        {
            _rtp[side] = Kernel.Open(Sides[side]);
            _rtcp[side] = Kernel.Open(new(IPAddress.Loopback, Sides[side].Port + 1));
        }

        _packets = Allocate<byte>(legs * Stride);
        _reports = Allocate<byte>(legs * RtcpSize);
        _receive = Allocate<byte>(Batch * ReceiveSize);
        _send = Allocate<Kernel.Message>(legs);
        _sendRtcp = Allocate<Kernel.Message>(legs);
        _in = Allocate<Kernel.Message>(Batch);
        _parts = Allocate<Kernel.Part>(legs);
        _rtcpParts = Allocate<Kernel.Part>(legs);
        _inParts = Allocate<Kernel.Part>(Batch);
        _to = Allocate<Kernel.InternetAddress>(legs);
        _toRtcp = Allocate<Kernel.InternetAddress>(legs);
        for (var i = 0; i < Batch; i++)
        {
            _inParts[i] = new() { Start = _receive + (i * ReceiveSize), Length = ReceiveSize };
            _in[i] = new() { Parts = _inParts + i, PartCount = 1 };
        }
    }

    public int Calls { get; }

    /// <summary>Where the two sides of every call are: the relay sends there.</summary>
    public IPEndPoint[] Sides { get; }

    /// <summary>Tells where the relay takes the packets of a call's two sides.</summary>
    public void Connect(int call, IPEndPoint caller, IPEndPoint? agent)
    {
        // All legs of one side lie together, so that a slot of one side is one batch.
        Prepare(call, caller);
        if (agent is not null)
        {
            Prepare(Calls + call, agent);
        }
    }

    /// <summary>Sends for so long; counts in the second part only, when every address is learnt.</summary>
    public LoadResult Run(TimeSpan warmUp, TimeSpan window, Action begins, Action ends)
    {
        LoadResult? result = null;
        var thread = new Thread(() => result = Play(warmUp, window, begins, ends)) { Name = "rtp-load" };
        thread.Start();
        thread.Join();
        return result!;
    }

    public void Dispose()
    {
        _protection?.Dispose();
        foreach (var fd in (int[])[.. _rtp, .. _rtcp])
        {
            _ = Kernel.Close(fd);
        }

        foreach (var memory in (nint[])[(nint)_packets, (nint)_reports, (nint)_receive, (nint)_send, (nint)_sendRtcp, (nint)_in, (nint)_parts, (nint)_rtcpParts, (nint)_inParts, (nint)_to, (nint)_toRtcp])
        {
            NativeMemory.Free((void*)memory);
        }
    }

    private static T* Allocate<T>(int count) where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));

    private void Prepare(int leg, IPEndPoint relay)
    {
        var packet = new Span<byte>(_packets + (leg * Stride), PacketSize);
        packet.Fill(0xD5); // silence in A-law
        packet[0] = 0x80;
        packet[1] = PayloadType;
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], 0x1000_0000u + (uint)leg);
        _to[leg] = Kernel.InternetAddress.Of(relay);
        _parts[leg] = new() { Start = _packets + (leg * Stride), Length = leg < Calls ? _protectedSize : PacketSize };
        _send[leg] = Message(_to + leg, _parts + leg);

        var report = new Span<byte>(_reports + (leg * RtcpSize), RtcpSize);
        report[0] = 0x80;
        report[1] = 200;
        BinaryPrimitives.WriteUInt16BigEndian(report[2..], (RtcpSize / 4) - 1);
        BinaryPrimitives.WriteUInt32BigEndian(report[4..], 0x1000_0000u + (uint)leg);
        _toRtcp[leg] = Kernel.InternetAddress.Of(new(relay.Address, relay.Port + 1));
        _rtcpParts[leg] = new() { Start = _reports + (leg * RtcpSize), Length = RtcpSize };
        _sendRtcp[leg] = Message(_toRtcp + leg, _rtcpParts + leg);
    }

    private static Kernel.Message Message(Kernel.InternetAddress* to, Kernel.Part* part) =>
        new() { Address = (byte*)to, AddressLength = (uint)sizeof(Kernel.InternetAddress), Parts = part, PartCount = 1 };

    private LoadResult Play(TimeSpan warmUp, TimeSpan window, Action begins, Action ends)
    {
        ThreadCpu.Hurry();
        Slot(Turns(warmUp));
        Drain(TimeSpan.FromMilliseconds(200));
        begins();
        Array.Clear(_delays);
        (_sent, _received, _heard) = (0, 0, 0);
        var (cpu, started) = (ThreadCpu.Seconds(), Stopwatch.GetTimestamp());
        Slot(Turns(window));
        ends();
        var (seconds, heard) = (Stopwatch.GetElapsedTime(started).TotalSeconds, _heard);
        Drain(TimeSpan.FromMilliseconds(500));
        return new(_sent, _received, heard, seconds, ThreadCpu.Seconds() - cpu, [.. _delays.Select((count, i) => ((i + 1) / 10.0, count)).Where(d => d.count > 0)]);
    }

    private static int Turns(TimeSpan time) => (int)(time.TotalMilliseconds / Slots);

    /// <summary>So many turns of 20 ms, each in slots of 1 ms.</summary>
    private void Slot(int turns)
    {
        var next = Stopwatch.GetTimestamp();
        for (var turn = 0; turn < turns; turn++, _turn++)
        {
            for (var slot = 0; slot < Slots; slot++)
            {
                SendSlot(slot);
                next += Stopwatch.Frequency / 1000;
                var rest = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next);
                if (rest > TimeSpan.Zero)
                {
                    ThreadCpu.Sleep(rest);
                }

                Receive();
            }
        }
    }

    private void SendSlot(int slot)
    {
        for (var side = 0; side < _sides; side++)
        {
            var (from, to) = ((side * Calls) + (Calls * slot / Slots), (side * Calls) + (Calls * (slot + 1) / Slots));
            var now = (ulong)Stopwatch.GetTimestamp();
            for (var leg = from; leg < to; leg++)
            {
                var packet = new Span<byte>(_packets + (leg * Stride), PacketSize);
                BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)_turn);
                BinaryPrimitives.WriteUInt32BigEndian(packet[4..], _turn * 160);
                BinaryPrimitives.WriteUInt32BigEndian(packet[HeaderSize..], Mark);
                BinaryPrimitives.WriteUInt64BigEndian(packet[(HeaderSize + 4)..], now);
                if (side == 0)
                {
                    _protection?.SealRtp(new(_packets + (leg * Stride), _protectedSize), HeaderSize, 0x1000_0000u + (uint)leg, _turn);
                }
            }

            Kernel.SendAll(_rtp[side], _send + from, to - from);
            _sent += to - from;
            var part = (int)(_turn % RtcpTurns);
            for (var leg = from; leg < to && (side == 1 || _protection is null); leg++)
            {
                if (leg % RtcpTurns == part)
                {
                    Kernel.SendAll(_rtcp[side], _sendRtcp + leg, 1);
                }
            }
        }
    }

    private void Receive()
    {
        for (var side = 0; side < 2; side++)
        {
            int count;
            while ((count = Kernel.ReceiveMany(_rtp[side], _in, Batch, Kernel.DontWait, null)) > 0)
            {
                Count(count);
            }

            while (Kernel.ReceiveMany(_rtcp[side], _in, Batch, Kernel.DontWait, null) > 0)
            {
                // Reports of the relay: read so that no error comes back to it.
            }
        }
    }

    private void Count(int count)
    {
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var packet = new ReadOnlySpan<byte>(_inParts[i].Start, (int)_in[i].Length);
            if (packet.Length != PacketSize)
            {
                _received += packet.Length == _protectedSize ? 1 : 0;
            }
            else if (BinaryPrimitives.ReadUInt32BigEndian(packet[HeaderSize..]) == Mark)
            {
                _received++;
                var delay = Stopwatch.GetElapsedTime((long)BinaryPrimitives.ReadUInt64BigEndian(packet[(HeaderSize + 4)..]), now);
                _delays[Math.Clamp((int)(delay.TotalMilliseconds * 10), 0, Buckets - 1)]++;
            }
            else
            {
                _heard++;
            }
        }
    }

    private void Drain(TimeSpan time)
    {
        for (var from = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(from) < time;)
        {
            Receive();
            ThreadCpu.Sleep(TimeSpan.FromMilliseconds(1));
        }
    }
}
