using System.Net;
using System.Net.Sockets;

namespace CallCenter.TestKit.Running;

/// <summary>Ports for one run of the application, outside the ranges of its defaults and of the system's own choices.</summary>
/// <param name="RtpFrom">First port of the audio, even.</param>
public sealed record FreePorts(int Http, int Sip, int RtpFrom, int RtpTo)
{
    private const int RtpCount = 800, Lowest = 10_000, Ranges = 12;

    // A phone of an earlier run may still speak to that run's ports: the next run takes the next range.
    private static int _runs = Environment.ProcessId;

    // Below what the system gives to outgoing connections (32768), above the application's defaults: a block for each test process.
    private const int FirstBlock = 30_000, BlockSize = 248, Blocks = 11, Four = 4;
    private static readonly Lazy<int> Block = new(TakeBlock);
    private static Socket? _held;
    private static int _given;

    public static FreePorts Find()
    {
        for (var attempt = 0; attempt < Ranges; attempt++)
        {
            var from = Lowest + RtpCount * (Interlocked.Increment(ref _runs) % Ranges);
            if (Enumerable.Range(from, 8).All(port => IsFree(port, SocketType.Dgram)))
            {
                return new FreePorts(Any(SocketType.Stream), Any(SocketType.Dgram), from, from + RtpCount - 1);
            }
        }
        throw new InvalidOperationException($"no {RtpCount} free UDP ports between {Lowest} and {Lowest + Ranges * RtpCount}");
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

    /// <summary>The first block that no other process has: whoever has it holds its first port.</summary>
    private static int TakeBlock()
    {
        for (var block = FirstBlock; block < FirstBlock + Blocks * BlockSize; block += BlockSize)
        {
            var socket = Open(SocketType.Dgram);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, block));
                _held = socket;
                return block;
            }
            catch (SocketException)
            {
                // Another process has it: the next one.
                socket.Dispose();
            }
        }
        throw new InvalidOperationException($"{Blocks} test processes have taken all ports from {FirstBlock}");
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
