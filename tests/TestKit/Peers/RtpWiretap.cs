using System.Buffers.Binary;
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
    private const int UdpHeader = 8, RtpHeader = 12, AlawType = 8, SamplesMax = 8000 * 60;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<short> _heard = [];
    private readonly Task _work;

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

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _work;
        _socket.Dispose();
        _closing.Dispose();
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
        if (BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) != port || udp.Length <= UdpHeader + RtpHeader || (udp[UdpHeader + 1] & 0x7F) != AlawType)
        {
            return;
        }
        lock (_heard)
        {
            if (_heard.Count < SamplesMax)
            {
                _heard.AddRange(G711.Decode(AudioCodec.Pcma, udp[(UdpHeader + RtpHeader)..]));
            }
        }
    }
}
