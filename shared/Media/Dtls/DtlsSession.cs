using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CallCenter.Media.Net;
using CallCenter.Media.Srtp;

namespace CallCenter.Media.Dtls;

/// <summary>Sends one DTLS datagram. Must not throw.</summary>
internal unsafe delegate void DatagramSender(byte* data, int length);

/// <summary>Where a DTLS session is.</summary>
internal enum DtlsState
{
    Handshaking,
    /// <summary>Handshake done; whose certificate it is has not been judged here.</summary>
    Connected,
    /// <summary>The other side said close_notify.</summary>
    Closed,
    Failed,
}

/// <summary>
/// One DTLS association (RFC 6347) with use_srtp (RFC 5764) on OpenSSL, driven by datagrams and ticks, without blocking.
/// Owned by one thread.
/// </summary>
internal sealed unsafe class DtlsSession : IDisposable
{
    // Fits a tunnel's packet with IP and UDP in front.
    private const int Mtu = 1200;
    // A flight is at most some kilobytes, repeated a few times; more is not a handshake.
    private const int HandshakeBytesMax = 65_536;
    private const int RecordsPerDatagramMax = 32;
    // A lost first flight shall not cost the second that OpenSSL waits by itself.
    private const uint FirstTimerMicroseconds = 100_000;
    private const uint TimerMicrosecondsMax = 1_000_000;
    private const string ExporterLabel = "EXTRACTOR-dtls_srtp";

    private readonly DatagramSender _send;
    private readonly bool _server;
    private GCHandle _self;
    private nint _ssl;
    private byte* _datagram;
    private int _datagramLength;
    private int _handshakeBytes;

    public DtlsSession(DtlsContext context, bool server, DatagramSender send)
    {
        _send = send;
        _server = server;
        _ssl = OpenSsl.SslNew(context.Handle);
        if (_ssl == 0)
        {
            throw new InvalidOperationException($"OpenSSL gives no DTLS session: {OpenSsl.TakeError()}.");
        }
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        var bio = DatagramBio.Create(_self);
        OpenSsl.SslSetBio(_ssl, bio, bio);
        _ = OpenSsl.SslControl(_ssl, OpenSsl.SSL_CTRL_SET_MTU, Mtu, 0);
        OpenSsl.SetTimerCallback(_ssl, &NextTimer);
        if (server)
        {
            OpenSsl.SslSetAcceptState(_ssl);
        }
        else
        {
            OpenSsl.SslSetConnectState(_ssl);
        }
    }

    public DtlsState State { get; private set; }

    /// <summary>Why it is <see cref="DtlsState.Failed"/>.</summary>
    public string? Failure { get; private set; }

    /// <summary>The client's first flight.</summary>
    public void Start() => Handshake();

    /// <summary>Takes one datagram, which answers, finishes the handshake, or closes.</summary>
    public void Receive(byte* data, int length)
    {
        if (State is DtlsState.Failed or DtlsState.Closed)
        {
            return;
        }
        _datagram = data;
        _datagramLength = length;
        if (State == DtlsState.Handshaking)
        {
            _handshakeBytes += length;
            if (_handshakeBytes > HandshakeBytesMax)
            {
                Fail($"the handshake has more than {HandshakeBytesMax} bytes");
                return;
            }
            Handshake();
        }
        if (State == DtlsState.Connected)
        {
            Read();
        }
        _datagram = null;
    }

    /// <summary>Repeats a lost flight when it is time; each 20 ms.</summary>
    public void Tick()
    {
        if (State == DtlsState.Handshaking && OpenSsl.SslControl(_ssl, OpenSsl.DTLS_CTRL_HANDLE_TIMEOUT, 0, 0) < 0)
        {
            Fail("the other side does not answer");
        }
    }

    private void Handshake()
    {
        OpenSsl.ClearErrors();
        var result = OpenSsl.SslDoHandshake(_ssl);
        if (result == 1)
        {
            State = DtlsState.Connected;
        }
        else if (OpenSsl.SslGetError(_ssl, result) != OpenSsl.SSL_ERROR_WANT_READ)
        {
            Fail(OpenSsl.TakeError());
        }
    }

    /// <summary>After the handshake: repeated flights of the other side, alerts, and data that nobody asked for.</summary>
    private void Read()
    {
        var scratch = stackalloc byte[256];
        OpenSsl.ClearErrors();
        for (var i = 0; i < RecordsPerDatagramMax; i++)
        {
            var result = OpenSsl.SslRead(_ssl, scratch, 256);
            if (result > 0)
            {
                continue;
            }
            switch (OpenSsl.SslGetError(_ssl, result))
            {
                case OpenSsl.SSL_ERROR_WANT_READ:
                    break;
                case OpenSsl.SSL_ERROR_ZERO_RETURN:
                    State = DtlsState.Closed;
                    break;
                default:
                    Fail(OpenSsl.TakeError());
                    break;
            }
            return;
        }
    }

    private void Fail(string reason)
    {
        (State, Failure) = (DtlsState.Failed, reason);
        OpenSsl.ClearErrors();
    }

    /// <summary>The other side's certificate in DER; empty before the handshake is done.</summary>
    public byte[] PeerCertificate()
    {
        var certificate = OpenSsl.SslPeerCertificate(_ssl);
        if (certificate == 0)
        {
            return [];
        }
        try
        {
            var der = new byte[Math.Max(0, OpenSsl.CertificateToDer(certificate, null))];
            fixed (byte* start = der)
            {
                // The call moves the pointer that it is given.
                var output = start;
                _ = OpenSsl.CertificateToDer(certificate, &output);
            }
            return der;
        }
        finally
        {
            OpenSsl.CertificateFree(certificate);
        }
    }

    /// <summary>The keys of both directions (RFC 5764, section 4.2). Null: both sides know no common SRTP profile.</summary>
    public SrtpSession? CreateSrtp()
    {
        var selected = OpenSsl.SslSelectedSrtpProfile(_ssl);
        if (selected == 0)
        {
            return null;
        }
        var profile = (SrtpProfile)(*(nuint*)(selected + sizeof(nint)));
        var (key, salt) = (SrtpProfiles.KeySize, profile.SaltSize());
        Span<byte> material = stackalloc byte[2 * (SrtpProfiles.KeySize + SrtpProfiles.SaltSizeMax)];
        material = material[..(2 * (key + salt))];
        fixed (byte* output = material)
        {
            if (OpenSsl.SslExportKeyingMaterial(_ssl, output, (nuint)material.Length, ExporterLabel, (nuint)ExporterLabel.Length, null, 0, 0) != 1)
            {
                throw new InvalidOperationException($"OpenSSL exports no keys: {OpenSsl.TakeError()}.");
            }
        }
        // Client key, server key, client salt, server salt.
        var client = new SrtpKeys(profile, material[..key], material.Slice(2 * key, salt));
        var server = new SrtpKeys(profile, material.Slice(key, key), material[((2 * key) + salt)..]);
        CryptographicOperations.ZeroMemory(material);
        return _server ? new SrtpSession(server, client) : new SrtpSession(client, server);
    }

    /// <summary>Says close_notify where there is somebody to say it to.</summary>
    public void Close()
    {
        if (State == DtlsState.Connected)
        {
            OpenSsl.ClearErrors();
            _ = OpenSsl.SslShutdown(_ssl);
            State = DtlsState.Closed;
        }
    }

    internal void SendDatagram(byte* data, int length) => _send(data, length);

    /// <summary>The datagram at hand, once; -1 when there is none.</summary>
    internal int TakeDatagram(byte* buffer, int size)
    {
        if (_datagram is null)
        {
            return -1;
        }
        var length = Math.Min(size, _datagramLength);
        new ReadOnlySpan<byte>(_datagram, length).CopyTo(new Span<byte>(buffer, size));
        _datagram = null;
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint NextTimer(nint ssl, uint last) => last == 0 ? FirstTimerMicroseconds : Math.Min(2 * last, TimerMicrosecondsMax);

    public void Dispose()
    {
        if (_ssl != 0)
        {
            OpenSsl.SslFree(_ssl);
            _ssl = 0;
            _self.Free();
        }
    }
}
