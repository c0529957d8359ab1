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

    /// <summary>A port that is free for UDP and, as SIP needs it, for TCP.</summary>
    public static int Any(SocketType type)
    {
        while (true)
        {
            using var socket = Open(type);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (type == SocketType.Stream || IsFree(port, SocketType.Stream))
            {
                return port;
            }
        }
    }

    /// <summary>An even port that is free for RTP, and the next one for RTCP.</summary>
    public static int Rtp()
    {
        while (true)
        {
            var port = Any(SocketType.Dgram) & ~1;
            if (IsFree(port, SocketType.Dgram) && IsFree(port + 1, SocketType.Dgram))
            {
                return port;
            }
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
