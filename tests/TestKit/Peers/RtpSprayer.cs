using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using CallCenter.Media;

namespace CallCenter.TestKit.Peers;

/// <summary>
/// An address that is no party of any call and sends RTP, keys and RTCP to every port of a range, again and again: whether one learns it,
/// hears it or answers it is what a test asks.
/// </summary>
public sealed class RtpSprayer : IAsyncDisposable
{
    /// <summary>Its tone: 52 whole waves in a packet, so that all its packets hold the same bytes.</summary>
    public const double Hertz = 2600;

    private const int Header = 12, Alaw = 8, Digits = 101;
    private static readonly TimeSpan Pass = TimeSpan.FromMilliseconds(20);
    private static readonly byte[] Tone = MakeTone();
    private readonly Socket socket;
    private readonly IPEndPoint[] targets;
    private readonly Random random;
    private readonly CancellationTokenSource done = new();
    private readonly Task work;
    private long sent;

    /// <summary>Begins to spray; the socket, bound where the spray shall come from, is closed at the end.</summary>
    public RtpSprayer(Socket socket, IPAddress target, int portFrom, int portTo, int seed)
    {
        this.socket = socket;
        random = new Random(seed);
        targets = [.. Enumerable.Range(portFrom, portTo - portFrom + 1).Select(port => new IPEndPoint(target, port))];
        work = Task.Factory.StartNew(Spray, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Packets sent.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Bytes that were sent to it: none, ever.</summary>
    public int Leaked => socket.Available;

    /// <summary>Is it a packet of the spray?</summary>
    public static bool IsMine(ReadOnlySpan<byte> payload) => payload.SequenceEqual(Tone);

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await work;
        socket.Dispose();
        done.Dispose();
    }

    private void Spray()
    {
        var packet = new byte[Header + Tone.Length];
        for (var n = 0; !done.IsCancellationRequested; n++)
        {
            foreach (var target in targets)
            {
                socket.SendTo(packet.AsSpan(0, Write(packet, n, target.Port)), target);
                Interlocked.Increment(ref sent);
            }
            done.Token.WaitHandle.WaitOne(Pass);
        }
    }

    /// <summary>Mostly audio; each eighth pass a key, and a goodbye to the RTCP ports.</summary>
    private int Write(byte[] packet, int pass, int port)
    {
        var other = pass % 8 == 7;
        if (other && port % 2 == 1)
        {
            return WriteGoodbye(packet);
        }
        packet[0] = 0x80;
        packet[1] = other ? (byte)Digits : (byte)Alaw;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)pass);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)pass * 160);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), (uint)random.Next());
        if (!other)
        {
            Tone.CopyTo(packet, Header);
            return packet.Length;
        }
        // Key 9, at its end (RFC 4733 section 2.3).
        packet[Header] = 9;
        packet[Header + 1] = 0x8A;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Header + 2), 800);
        return Header + 4;
    }

    // An empty receiver report and BYE (RFC 3550 sections 6.4.2 and 6.6).
    private int WriteGoodbye(byte[] packet)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet, 0x80C90001);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)random.Next());
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 0x81CB0001);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), (uint)random.Next());
        return 16;
    }

    private static byte[] MakeTone()
    {
        var samples = Tones.Sine(Hertz, TimeSpan.FromMilliseconds(20)).Samples;
        var bytes = new byte[samples.Length];
        G711.Encode(AudioCodec.Pcma, samples, bytes);
        return bytes;
    }
}
