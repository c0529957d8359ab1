using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CallCenter.Media;

namespace CallCenter.TestKit.Peers;

/// <summary>
/// Hears what is sent to a UDP port of this machine without owning it: for peers such as sipp that do not read the audio
/// they receive. Takes a raw socket, so it must run as root.
/// </summary>
public sealed class RtpWiretap : IAsyncDisposable
{
    private const int UdpHeader = 8, RtpHeader = 12, AlawType = 8, KeyType = 101, SamplesMax = 8000 * 60;
    private const string Keys = "0123456789*#ABCD";
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<short> _heard = [];
    private readonly HashSet<char> _keys = [];
    private readonly Task _work;
    private long _last = Stopwatch.GetTimestamp();

    public RtpWiretap(int port)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _work = Listen(port);
    }

    /// <summary>The A-law audio so far.</summary>
    public short[] Heard()
    {
        lock (_heard)
        {
            return [.. _heard];
        }
    }

    /// <summary>Waits until 200 ms, heard from now on, are mostly a tone of so many hertz.</summary>
    public Task Hears(double hertz, TimeSpan within)
    {
        var before = Heard().Length;
        return Eventually.Be(() => Share(hertz, before) > 0.8, within, $"{hertz} Hz is heard");
    }

    /// <summary>Waits for a key, as RFC 4733 events of payload type 101.</summary>
    public Task HearsKey(char digit, TimeSpan within) => Eventually.Be(() => Has(digit), within, $"the key {digit} is heard");

    /// <summary>Waits until nothing has come for a second.</summary>
    public Task HearsNothing(TimeSpan within) =>
        Eventually.Be(() => Stopwatch.GetElapsedTime(Volatile.Read(ref _last)) > TimeSpan.FromSeconds(1), within, "nothing is heard");

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _work;
        _socket.Dispose();
        _closing.Dispose();
    }

    private double Share(double hertz, int before)
    {
        lock (_heard)
        {
            return _heard.Count < before + 1600 ? 0 : ToneProbe.Share(_heard[^1600..].ToArray(), 8000, hertz);
        }
    }

    private bool Has(char digit)
    {
        lock (_heard)
        {
            return _keys.Contains(digit);
        }
    }

    private async Task Listen(int port)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, _closing.Token);
                Hear(buffer.AsSpan(0, length), port);
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    private void Hear(ReadOnlySpan<byte> packet, int port)
    {
        var udp = packet[((packet[0] & 0x0F) * 4)..];
        if (BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) != port || udp.Length <= UdpHeader + RtpHeader)
        {
            return;
        }
        lock (_heard)
        {
            var payload = udp[(UdpHeader + RtpHeader)..];
            switch (udp[UdpHeader + 1] & 0x7F)
            {
                case KeyType when payload[0] < Keys.Length:
                    _keys.Add(Keys[payload[0]]);
                    break;
                case AlawType when _heard.Count < SamplesMax:
                    Volatile.Write(ref _last, Stopwatch.GetTimestamp());
                    _heard.AddRange(G711.Decode(AudioCodec.Pcma, payload));
                    break;
            }
        }
    }
}
