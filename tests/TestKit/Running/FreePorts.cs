using System.Net;
using System.Net.Sockets;

namespace CallCenter.TestKit.Running;

/// <summary>Ports for one run of the application, outside the ranges of its defaults and of the system's own choices.</summary>
/// <param name="RtpFrom">First port of the audio, even.</param>
public sealed record FreePorts(int Http, int Sip, int RtpFrom, int RtpTo)
{
    private const int RtpCount = 800, Lowest = 10_000, Ranges = 12;

    // A phone of an earlier run may still speak to that run's ports: the next run takes the next range, and the one before stays taken.
    private const int RangesHeld = 2;
    private static readonly Queue<Socket> Held = new();
    private static int _runs = Environment.ProcessId;

    // Below what the system gives to outgoing connections (32768), above the application's defaults: a block for each test process.
    private const int FirstBlock = 30_000, BlockSize = 248, Blocks = 11, Four = 4;
    private static readonly Lazy<int> Block = new(TakeBlock);
    private static Socket? _held;
    private static int _given;

    public static FreePorts Find()
    {
        var from = TakeRange();
        return new FreePorts(Any(SocketType.Stream), Any(SocketType.Dgram), from, from + RtpCount - 3);
    }

    /// <summary>A port that is free for UDP and, as SIP needs it, for TCP; no other test process is given it, and the system itself chooses none of these.</summary>
    public static int Any(SocketType type)
    {
        for (var attempt = 0; attempt < BlockSize; attempt++)
        {
            var port = Block.Value + Interlocked.Increment(ref _given) % BlockSize;
            if (IsFree(port, SocketType.Stream) && (type == SocketType.Stream || IsFree(port, SocketType.Dgram)))
            {
                return port;
            }
        }
        throw new InvalidOperationException($"none of the ports {Block.Value}-{Block.Value + BlockSize - 1} is free");
    }

    /// <summary>An even port that is free for RTP, and the next three: for RTCP, and for the video that sipp opens unasked.</summary>
    public static int Rtp()
    {
        for (var attempt = 0; attempt < BlockSize; attempt += Four)
        {
            // Among so many in a row are four that begin at a multiple of four.
            var first = Interlocked.Add(ref _given, 2 * Four) - (2 * Four) + 1;
            var port = Block.Value + (first + Four - 1) / Four * Four % BlockSize;
            if (Enumerable.Range(port, Four).All(each => IsFree(each, SocketType.Dgram)))
            {
                return port;
            }
        }
        throw new InvalidOperationException($"no {Four} ports in a row of {Block.Value}-{Block.Value + BlockSize - 1} are free");
    }

    /// <summary>
    /// The next range for audio whose first ports are free. Whoever has one holds its last port, which is given to nobody; only where all are
    /// held do two test processes share one, in which the application passes over the other's ports.
    /// </summary>
    private static int TakeRange()
    {
        lock (Held)
        {
            for (var attempt = 0; attempt < 2 * Ranges; attempt++)
            {
                var from = Lowest + RtpCount * (_runs++ % Ranges);
                var holder = Hold(from + RtpCount - 1);
                if ((holder is not null || attempt >= Ranges) && Enumerable.Range(from, 8).All(port => IsFree(port, SocketType.Dgram)))
                {
                    Keep(holder);
                    return from;
                }
                holder?.Dispose();
            }
        }
        throw new InvalidOperationException($"no {RtpCount} free UDP ports between {Lowest} and {Lowest + Ranges * RtpCount}");
    }

    private static void Keep(Socket? holder)
    {
        if (holder is not null)
        {
            Held.Enqueue(holder);
        }
        if (Held.Count > RangesHeld)
        {
            Held.Dequeue().Dispose();
        }
    }

    /// <summary>The first block that no other process has: whoever has it holds its first port.</summary>
    private static int TakeBlock()
    {
        for (var block = FirstBlock; block < FirstBlock + Blocks * BlockSize; block += BlockSize)
        {
            if (Hold(block) is { } socket)
            {
                _held = socket;
                return block;
            }
        }
        throw new InvalidOperationException($"{Blocks} test processes have taken all ports from {FirstBlock}");
    }

    /// <summary>Null: another process has it.</summary>
    private static Socket? Hold(int port)
    {
        var socket = Open(SocketType.Dgram);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static bool IsFree(int port, SocketType type)
    {
        using var socket = Open(type);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Socket Open(SocketType type) =>
        new(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
}
