using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Tests;

/// <summary>A received RTP packet: its header and a copy of its payload.</summary>
internal sealed record Received(RtpPacket Header, byte[] Payload);

/// <summary>A bare UDP socket that sends what a test wants, wrong things too, and shows headers as they arrive.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <param name="port">0: the operating system's choice.</param>
    public RawPeer(string host = "127.0.0.1", int port = 0)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Parse(host), port));
        Address = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public int Port => Address.Port;
    public IPEndPoint Address { get; }
    public int Waiting => _socket.Available;

    public void Send(IPEndPoint to, ReadOnlySpan<byte> data) => _socket.SendTo(data, to);

    public void SendRtp(IPEndPoint to, ushort sequence, uint timestamp, uint ssrc = 1, byte payloadType = 8, byte fill = 0xD5, bool marker = false) =>
        SendRtp(to, sequence, timestamp, ssrc, payloadType, Enumerable.Repeat(fill, 160).ToArray(), marker);

    public void SendRtp(IPEndPoint to, ushort sequence, uint timestamp, uint ssrc, byte payloadType, byte[] payload, bool marker = false)
    {
        var data = new byte[RtpPacket.HeaderSize + payload.Length];
        RtpPacket.WriteHeader(data, marker, payloadType, sequence, timestamp, ssrc);
        payload.CopyTo(data, RtpPacket.HeaderSize);
        Send(to, data);
    }

    public static byte[] Event(byte key, bool end, ushort duration)
    {
        var payload = new byte[4];
        payload[0] = key;
        payload[1] = (byte)(end ? 0x8A : 0x0A);
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), duration);
        return payload;
    }

    /// <summary>Length of the next datagram; throws where none comes.</summary>
    public int ReceiveNow(byte[] buffer)
    {
        _socket.ReceiveTimeout = (int)Loopback.Deadline.TotalMilliseconds;
        return _socket.Receive(buffer);
    }

    public async Task<byte[]> ReceiveBytes()
    {
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        var buffer = new byte[2048];
        var length = await _socket.ReceiveAsync(buffer, timeout.Token);
        return buffer[..length];
    }

    /// <summary>The next RTP packet. RTCP (RFC 5761 section 4) that comes is another leg's: its peer has the port below.</summary>
    public async Task<Received> Receive()
    {
        byte[] data;
        do
        {
            data = await ReceiveBytes();
        }
        while (data.Length > 1 && data[1] is >= 192 and <= 223);
        RtpPacket.TryParse(data, out var header).ShouldBeTrue();
        return new Received(header, data.AsSpan(header.PayloadOffset, header.PayloadLength).ToArray());
    }

    public async Task<List<Received>> Receive(int count)
    {
        var packets = new List<Received>();
        while (packets.Count < count)
        {
            packets.Add(await Receive());
        }
        return packets;
    }

    public void Dispose() => _socket.Dispose();
}
