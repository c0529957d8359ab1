using System.Net;
using System.Net.Sockets;
using CallCenter.Media.Dtls;
using CallCenter.Media.Net;
using CallCenter.Media.Rtp;
using CallCenter.Media.Srtp;

namespace CallCenter.Media.Tests;

/// <summary>
/// A browser's media side: checks by STUN, DTLS client, SRTP. Loses, repeats and changes what a test wants. Its certificate
/// is its own. Used by one test thread at a time.
/// </summary>
internal sealed class SecurePeer : IDisposable
{
    private readonly DtlsContext _context;
    private readonly DtlsSession _dtls;
    private readonly byte[] _buffer = new byte[2048];
    private Socket _socket = NewSocket();
    private LocalSecurity _gateway;

    public unsafe SecurePeer(MediaLeg leg, string srtpProfiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM")
    {
        Leg = leg;
        _gateway = leg.LocalSecurity!;
        _context = DtlsContext.Create(TimeProvider.System, srtpProfiles);
        _dtls = new DtlsSession(_context, server: false, (data, length) => SendFlight(new ReadOnlySpan<byte>(data, length)));
    }

    public MediaLeg Leg { get; }
    public SrtpSession? Srtp { get; private set; }
    public DtlsState State => _dtls.State;
    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;
    public int Waiting => _socket.Available;

    /// <summary>Datagrams of the handshake that get lost on the way out, on the way in.</summary>
    public int LoseOut { get; set; }
    public int LoseIn { get; set; }

    /// <summary>The one datagram of the handshake that gets lost on the way in, counted from 1.</summary>
    public int LoseInOnly { get; set; }

    /// <summary>What the browser's SDP says.</summary>
    public RemoteSecurity Security(string fragment = "theirs") =>
        new() { IceUfrag = fragment, IcePassword = "a password of their own", Fingerprint = _context.Fingerprint };

    public RemoteMedia Remote(RemoteSecurity? security = null) => new()
    {
        Rtp = new IPEndPoint(IPAddress.Any, 9),
        Formats = [PayloadFormat.Pcmu],
        TelephoneEvent = 126,
        Security = security ?? Security(),
    };

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    /// <summary>As after a change of network: another port, the same keys.</summary>
    public void Move()
    {
        _socket.Dispose();
        _socket = NewSocket();
    }

    /// <summary>As after an ICE restart.</summary>
    public void Follow(LocalSecurity gateway) => _gateway = gateway;

    public void Send(ReadOnlySpan<byte> data) => _socket.SendTo(data, Leg.LocalRtp);

    private void SendFlight(ReadOnlySpan<byte> data)
    {
        if (LoseOut-- <= 0)
        {
            Send(data);
        }
    }

    public byte[] SendCheck(bool nominate = true)
    {
        var check = StunClient.Check(_gateway.IceUfrag, _gateway.IcePassword, "theirs", nominate);
        Send(check);
        return check;
    }

    /// <summary>One check and its right answer.</summary>
    public Task Check(bool nominate = true) => Task.Run(() =>
    {
        var check = SendCheck(nominate);
        var mapped = StunClient.ReadResponse(ReceiveKind(0, 4), check, _gateway.IcePassword);
        mapped.ShouldBe(NativeEndpoint.From(Address));
    });

    /// <summary>Runs the handshake to its end; each 20 ms without a datagram the timer is asked.</summary>
    public Task Handshake() => Task.Run(() =>
    {
        var deadline = Environment.TickCount64 + (long)Loopback.Deadline.TotalMilliseconds;
        _dtls.Start();
        while (_dtls.State == DtlsState.Handshaking && Environment.TickCount64 < deadline)
        {
            Turn();
        }
        Srtp = _dtls.State == DtlsState.Connected ? _dtls.CreateSrtp() : null;
    });

    /// <summary>Begins a handshake and answers nothing.</summary>
    public void SendHello() => _dtls.Start();

    private unsafe void Turn()
    {
        if (_socket.Poll(20_000, SelectMode.SelectRead))
        {
            var length = _socket.Receive(_buffer);
            if (_buffer[0] is >= 20 and < 64 && LoseIn-- <= 0 && --LoseInOnly != 0)
            {
                fixed (byte* data = _buffer)
                {
                    _dtls.Receive(data, length);
                }
            }
        }
        else
        {
            _dtls.Tick();
        }
    }

    /// <summary>Reads until the gateway's close_notify.</summary>
    public Task UntilClosed() => Task.Run(() =>
    {
        var deadline = Environment.TickCount64 + (long)Loopback.Deadline.TotalMilliseconds;
        while (_dtls.State == DtlsState.Connected && Environment.TickCount64 < deadline)
        {
            Turn();
        }
    });

    public void CloseNotify() => _dtls.Close();

    /// <summary>Check, handshake, SDP: all that a call needs.</summary>
    public async Task Connect()
    {
        await Leg.SetRemote(Remote());
        await Check();
        await Handshake();
        Srtp.ShouldNotBeNull();
    }

    public static byte[] Plain(ushort sequence, byte fill = 0xFF, uint ssrc = 77, byte payloadType = 0)
    {
        var packet = new byte[172];
        RtpPacket.WriteHeader(packet, marker: false, payloadType, sequence, sequence * 160u, ssrc);
        packet.AsSpan(RtpPacket.HeaderSize).Fill(fill);
        return packet;
    }

    public byte[] Protect(byte[] plain, bool rtcp = false)
    {
        var buffer = new byte[plain.Length + SrtpProfiles.GrowthMax];
        plain.CopyTo(buffer, 0);
        var done = rtcp ? Srtp!.TryProtectRtcp(buffer, plain.Length, out var length) : Srtp!.TryProtectRtp(buffer, plain.Length, out length);
        done.ShouldBeTrue();
        return buffer[..length];
    }

    public void SendRtp(ushort sequence, byte fill = 0xFF) => Send(Protect(Plain(sequence, fill)));

    /// <summary>The next SRTP packet, decrypted; what else comes is passed over.</summary>
    public Task<Received> ReceiveRtp() => Task.Run(() =>
    {
        var data = ReceiveKind(128, 192, rtcp: false);
        Srtp!.UnprotectRtp(data, out var length).ShouldBe(SrtpResult.Ok);
        RtpPacket.TryParse(data.AsSpan(0, length), out var header).ShouldBeTrue();
        return new Received(header, data.AsSpan(header.PayloadOffset, header.PayloadLength).ToArray());
    });

    /// <summary>The next SRTCP packet, decrypted.</summary>
    public Task<byte[]> ReceiveRtcp() => Task.Run(() =>
    {
        var data = ReceiveKind(128, 192, rtcp: true);
        Srtp!.UnprotectRtcp(data, out var length).ShouldBe(SrtpResult.Ok);
        return data[..length];
    });

    private byte[] ReceiveKind(int from, int to, bool rtcp = false)
    {
        var deadline = Environment.TickCount64 + (long)Loopback.Deadline.TotalMilliseconds;
        while (Environment.TickCount64 < deadline)
        {
            if (!_socket.Poll(100_000, SelectMode.SelectRead))
            {
                continue;
            }
            var length = _socket.Receive(_buffer);
            if (_buffer[0] >= from && _buffer[0] < to && (from < 128 || (_buffer[1] is >= 192 and < 224) == rtcp))
            {
                return _buffer[..length];
            }
        }
        throw new TimeoutException($"Nothing of the kind {from}-{to} within {Loopback.Deadline.TotalSeconds} s.");
    }

    public void Dispose()
    {
        _socket.Dispose();
        _dtls.Dispose();
        Srtp?.Dispose();
        _context.Dispose();
    }
}
